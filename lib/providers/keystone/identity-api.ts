import { z } from "zod";
import type { OutboundRequest } from "@/lib/platform/net/outbound";
import { type AdminAnswer, askAdmin, createReader, toFailureKind } from "@/lib/providers/admin-answer";
import { ProviderError } from "@/lib/providers/errors";
import { errorReplySchema, pageSchema } from "@/lib/providers/keystone/replies";
import { dropSession, type IdentityAccess, openSession, type Session } from "@/lib/providers/keystone/session";
import type { CallContext } from "@/lib/providers/provider";

const PAGES_MAX = 10_000;

/**
 * Sends one request as the service user. When Keystone refuses the token, which may have been revoked, the request is
 * sent once more with a new token: a 401 proves that nothing was done.
 */
export async function callIdentity(
  access: IdentityAccess,
  method: OutboundRequest["method"],
  path: string,
  context: CallContext,
  body?: object,
): Promise<AdminAnswer> {
  const session = await openSession(access);
  const answer = await send(access, session, method, path, context, body);
  if (answer.status !== 401) return answer;
  await dropSession(access, session);
  return send(access, await openSession(access), method, path, context, body);
}

async function send(
  access: IdentityAccess,
  session: Session,
  method: OutboundRequest["method"],
  path: string,
  context: CallContext,
  body: object | undefined,
): Promise<AdminAnswer> {
  if (context.signal.aborted) throw new ProviderError("unavailable", "given up before anything was sent");
  return askAdmin(new URL(`${access.identityUrl}${path}`), {
    method,
    headers: {
      "x-auth-token": session.token.reveal(),
      "x-openstack-request-id": `req-${context.requestId}`,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: context.signal,
  });
}

/** All members of a collection, read page by page. Throws rather than returning a part. */
export async function listAll<T>(
  access: IdentityAccess,
  collection: "users" | "projects" | "roles" | "credentials",
  filter: Record<string, string>,
  member: z.ZodType<T>,
  context: CallContext,
): Promise<T[]> {
  const schema = z.looseObject({ [collection]: z.array(member) });
  const members: T[] = [];
  let query = new URLSearchParams(filter).toString();
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await callIdentity(access, "GET", `/${collection}?${query}`, context);
    // Keystone answers so when a credential was deleted while it made the list.
    if (answer.status === 404)
      throw new ProviderError("unavailable", `Keystone lost its list of ${collection}`, { status: 404 });
    const { links, truncated } = readBody(pageSchema)(answer);
    members.push(...(readBody(schema)(answer)[collection] as T[]));
    if (!links?.next) {
      if (truncated)
        throw new ProviderError("unavailable", `Keystone cuts off its list of ${collection}: raise its list_limit`);
      return members;
    }
    // Only the query of the link is used: behind a proxy its host may be wrong.
    query = new URL(links.next, access.identityUrl).search.slice(1);
  }
  throw new ProviderError("unavailable", `the list of ${collection} does not end`);
}

/** Checks an answer's status and form and returns its body. */
export const readBody = createReader("Keystone's", toFailure);

/** What an unexpected answer means. Keystone's message is left out, because it may quote the request. */
export function toFailure(answer: AdminAnswer): ProviderError {
  const { status } = answer;
  if (status === 403 && /Unable to create additional credentials/.test(messageOf(answer))) {
    return new ProviderError("limit", "Keystone's limit of credentials for a user is reached", { status });
  }
  const said = status === 401 ? "Keystone refuses a token that it has just given" : `Keystone answered ${status}`;
  const sentence = status === 403 ? "Keystone does not allow this to the portal's user" : said;
  return new ProviderError(toFailureKind(status), sentence, { status });
}

function messageOf(answer: AdminAnswer): string {
  return errorReplySchema.safeParse(answer.body).data?.error.message ?? "";
}
