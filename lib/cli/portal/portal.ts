import type { EXIT } from "@/lib/cli/failure";
import { Failure } from "@/lib/cli/failure";
import { describeNetworkError } from "@/lib/cli/portal/network-error";
import type { Problem } from "@/lib/cli/portal/replies";
import { VERSION } from "@/lib/platform/config/version";

const API = "/api/v1";
/** A change waits for the storage system, which has 8 s for each of a few calls. */
const WITHIN_MS = 60_000;

type Query = Readonly<Record<string, string | undefined>>;

/** The API of a portal. Every call throws a `Failure` for what the portal refuses. */
export interface Portal {
  url: string;
  get: <Reply>(path: string, query?: Query) => Promise<Reply>;
  /** A file, as it comes. However long it is: only a pause of minutes ends it. */
  download: (path: string, query?: Query) => Promise<AsyncIterable<Uint8Array>>;
  post: <Reply>(path: string, body: object) => Promise<Reply>;
  patch: <Reply>(path: string, body: object) => Promise<Reply>;
}

/** The API of the portal at this address, with a token or without. */
export function openPortal(url: string, token?: string): Portal {
  const ask = (method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> =>
    fetch(`${url}${API}${path}`, {
      method,
      headers: {
        accept: "application/json",
        "user-agent": `latchkey/${VERSION}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      // Another address must not get the token.
      redirect: "error",
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      throw new Failure("tryLater", describeLoss(url, method, path, error), { cause: error });
    });
  const send = async <Reply>(method: string, path: string, body?: object): Promise<Reply> =>
    readReply<Reply>(url, await ask(method, path, body, AbortSignal.timeout(WITHIN_MS)));
  return {
    url,
    get: (path, query = {}) => send("GET", path + composeQuery(query)),
    download: async (path, query = {}) => {
      const reply = await ask("GET", path + composeQuery(query));
      // What is no file is a refusal, or no portal.
      if (!reply.ok || !reply.headers.has("content-disposition")) return readReply(url, reply);
      return readBody(url, reply);
    },
    post: (path, body) => send("POST", path, body),
    patch: (path, body) => send("PATCH", path, body),
  };
}

/**
 * A path below the API, from parts that may have any characters. Throws for a part that would make it another path:
 * nothing, and the names for this folder and the one above.
 */
export function pathOf(...parts: string[]): string {
  const other = parts.find((part) => /^\.{0,2}$/.test(part));
  if (other !== undefined)
    throw new Failure("usage", `"${other}" is neither a name nor an access key id. Nothing was changed.`);
  return parts.map((part) => `/${encodeURIComponent(part)}`).join("");
}

/** Every line of a list that comes page by page, or the first `most` of them. */
export async function readPages<Line>(
  readPage: (cursor: string | undefined) => Promise<{ lines: Line[]; next: string | null }>,
  most = Number.POSITIVE_INFINITY,
): Promise<Line[]> {
  const all: Line[] = [];
  let cursor: string | undefined;
  do {
    const { lines, next } = await readPage(cursor);
    all.push(...lines);
    cursor = next ?? undefined;
  } while (cursor !== undefined && all.length < most);
  return all.slice(0, most);
}

function composeQuery(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function describeLoss(url: string, method: string, path: string, error: unknown): string {
  const why = describeNetworkError(error);
  if (method === "GET") return `The portal at ${url} cannot be reached: ${why}.`;
  const admin = /^\/admin\/(\w+)/.exec(path);
  const list = admin ? `admin ${admin[1]}` : /\/members(\/|$)/.test(path) ? "members" : "keys";
  return `The portal at ${url} did not answer: ${why}. The change may have been made: look with latchkey ${list} list.`;
}

async function* readBody(url: string, { body }: Response): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (body) yield* body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new Failure("tryLater", `The answer of ${url} broke off: ${describeNetworkError(error)}.`, { cause: error });
  }
}

async function readReply<Reply>(url: string, reply: Response): Promise<Reply> {
  const text = await reply.text().catch((error: unknown) => {
    throw new Failure("tryLater", `The answer of ${url} broke off: ${describeNetworkError(error)}.`, { cause: error });
  });
  const value = parse(text);
  if (reply.ok && value !== undefined) return value as Reply;
  if (isProblem(value)) throw new Failure(EXITS[value.code], value.detail, { reason: value.reason });
  if (reply.status >= 500)
    throw new Failure("tryLater", `The portal at ${url} answered ${reply.status}. Try again in a moment.`);
  throw new Failure(
    "unexpected",
    `${url} is no Latchkey portal, or one of another version: it answered ${reply.status}.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" &&
  value !== null &&
  "detail" in value &&
  typeof value.detail === "string" &&
  "code" in value &&
  typeof value.code === "string" &&
  Object.hasOwn(EXITS, value.code);

const EXITS: Record<Problem["code"], keyof typeof EXIT> = {
  BAD_INPUT: "usage",
  UNAUTHENTICATED: "signedOut",
  FORBIDDEN: "notAllowed",
  NOT_FOUND: "notAllowed",
  METHOD_NOT_ALLOWED: "unexpected",
  BODY_TOO_SLOW: "tryLater",
  CONFLICT: "refused",
  BODY_TOO_LONG: "usage",
  WRONG_CONTENT_TYPE: "unexpected",
  RATE_LIMITED: "tryLater",
  INTERNAL: "unexpected",
  STORAGE: "storage",
  UNAVAILABLE: "tryLater",
};
