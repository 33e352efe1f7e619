import type { IncomingMessage } from "node:http";
import { isApiUrl, isIdentityUrl } from "@/lib/api/paths";
import type { Refusal } from "@/lib/web-server/refuse";
import { isRouterState } from "@/lib/web-server/router-state";

const AUTH = "/api/auth/";
const READ = ["GET", "HEAD"];
/** What next-auth answers and the portal uses. Its other routes answer 500 to bad input, or write text into the log. */
const AUTH_ROUTES: Record<string, readonly string[]> = {
  csrf: ["GET"],
  session: ["GET"],
  providers: ["GET"],
  signin: ["GET"],
  error: ["GET"],
  "callback/credentials": ["POST"],
  signout: ["POST"],
};
/** The name that the build gives an action: a hash in hex. */
const ACTION_ID = /^[0-9a-f]{40,44}$/;
/** Inputs of actions are flat objects. React reads a body recursively. */
const DEPTH_MAX = 16;

const UNREAD = "Nothing was changed.";
const bad = (why: string): Refusal => ({ status: 400, sentence: `${why} ${UNREAD}` });

/** A page that was open while the portal got another version sends such a request. Next's client reads the header. */
const UNKNOWN_ACTION: Refusal = {
  status: 404,
  sentence: `This page comes from another version of the portal. Reload it. ${UNREAD}`,
  headers: { "x-nextjs-action-not-found": "1" },
};

/** Judges requests by their route. Undefined: the request may pass. */
export interface Judge {
  byHead: (request: IncomingMessage) => Refusal | undefined;
  byBody: (request: IncomingMessage, body: Buffer) => Refusal | undefined;
}

/** What the judge compares requests with. */
export interface Known {
  publicUrl: URL;
  /** The names of the actions of this build. */
  actions: ReadonlySet<string>;
}

/** The judge of a portal. */
export function judgeByRoute(known: Known): Judge {
  const { publicUrl } = known;
  return {
    byHead: (request) => findHeadRefusal(request, known),
    byBody: (request, body) => findBodyRefusal(request, body, publicUrl),
  };
}

/**
 * Why a request cannot be meant for its route, judged by its head; undefined when it can. Next and next-auth answer 500
 * with a stack in the log to such requests. This is no authority: the gate decides who may do what.
 */
function findHeadRefusal(request: IncomingMessage, { publicUrl, actions }: Known): Refusal | undefined {
  const { method = "", headers } = request;
  const [path = "", query] = (request.url ?? "").split("?", 2);
  if (!isDecodable(path)) return { status: 400, sentence: "This address cannot be read." };
  const state = headers["next-router-state-tree"];
  if (state !== undefined && !isRouterState(String(state)))
    return bad("The header Next-Router-State-Tree cannot be read.");
  if (path.startsWith(AUTH)) return findAuthRefusal(request, path.slice(AUTH.length), query, publicUrl);
  if (isApiUrl(path)) return [...READ, "POST", "PATCH"].includes(method) ? undefined : notAllowed(method);
  if (isIdentityUrl(path)) return [...READ, "POST", "DELETE"].includes(method) ? undefined : notAllowed(method);
  if (READ.includes(method)) return undefined;
  const action = headers["next-action"];
  if (method !== "POST" || action === undefined) return notAllowed(method);
  if (headers.origin !== publicUrl.origin) return { status: 403, sentence: `A request of another origin. ${UNREAD}` };
  if (!ACTION_ID.test(String(action))) return bad("The header Next-Action names no action.");
  if (mediaType(request) !== "text/plain") return bad("The body of an action is text/plain.");
  return actions.has(String(action)) ? undefined : UNKNOWN_ACTION;
}

/** The same for a body that was read. */
function findBodyRefusal(request: IncomingMessage, body: Buffer, publicUrl: URL): Refusal | undefined {
  if (request.headers["next-action"] !== undefined) {
    return isActionInput(body) ? undefined : bad("The body is not the input of an action.");
  }
  if (!request.url?.startsWith(AUTH)) return undefined;
  const callback = new URLSearchParams(body.toString("utf8")).get("callbackUrl");
  return isOwnUrl(callback, publicUrl) ? undefined : bad("The callbackUrl is no address of this portal.");
}

function findAuthRefusal(
  request: IncomingMessage,
  name: string,
  query: string | undefined,
  publicUrl: URL,
): Refusal | undefined {
  const { method = "" } = request;
  const methods = Object.hasOwn(AUTH_ROUTES, name) ? AUTH_ROUTES[name] : undefined;
  if (!methods) return { status: 404, sentence: "There is nothing at this address." };
  if (!methods.includes(method)) return notAllowed(method);
  if (method === "POST" && mediaType(request) !== "application/x-www-form-urlencoded") {
    return bad("The body must be application/x-www-form-urlencoded.");
  }
  const cookie = /(?:^|;\s*)(?:__Host-)?latchkey\.callback-url=([^;]*)/.exec(request.headers.cookie ?? "")?.[1] ?? null;
  const kept = cookie && isDecodable(cookie) ? decodeURIComponent(cookie) : cookie;
  const addresses = [kept, ...new URLSearchParams(query).getAll("callbackUrl")];
  return addresses.every((address) => isOwnUrl(address, publicUrl))
    ? undefined
    : bad("The callbackUrl is no address of this portal.");
}

function notAllowed(method: string): Refusal {
  return { status: 405, sentence: `This address does not answer ${method}. ${UNREAD}` };
}

function mediaType({ headers }: IncomingMessage): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function isOwnUrl(text: string | null, publicUrl: URL): boolean {
  if (text === null || text === "") return true;
  return URL.canParse(text, publicUrl) && new URL(text, publicUrl).origin === publicUrl.origin;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a body is what React sends for plain input: a list in JSON, without references to other parts. */
function isActionInput(body: Buffer): boolean {
  try {
    const input: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return Array.isArray(input) && isPlain(input, DEPTH_MAX);
  } catch {
    return false;
  }
}

function isPlain(value: unknown, depth: number): boolean {
  if (depth === 0) return false;
  // React marks its own kinds of values with a dollar sign. `$$` is a dollar sign of the input.
  if (typeof value === "string") return !value.startsWith("$") || value.startsWith("$$") || value === "$undefined";
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, part]) => name !== "__proto__" && isPlain(part, depth - 1));
}
