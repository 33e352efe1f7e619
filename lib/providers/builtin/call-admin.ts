import type { OutboundRequest } from "@/lib/platform/net/outbound";
import type { Secret } from "@/lib/platform/secret";
import { type AdminAnswer, askAdmin, createReader, toFailureKind } from "@/lib/providers/admin-answer";
import { errorReplySchema } from "@/lib/providers/builtin/admin-api";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";

/** The address of the admin API and its token. */
export interface BuiltinAccess {
  adminUrl: string;
  adminToken: Secret;
}

/** Sends one request. Throws when no answer comes, or an answer with a body that is not JSON. */
export async function callAdmin(
  access: BuiltinAccess,
  method: OutboundRequest["method"],
  path: string,
  context: CallContext,
  body?: object,
): Promise<AdminAnswer> {
  const request = {
    method,
    headers: {
      authorization: `Bearer ${access.adminToken.reveal()}`,
      "x-request-id": context.requestId,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: context.signal,
  };
  const answer = await askAdmin(new URL(path, access.adminUrl), request);
  if (answer.body !== undefined || answer.status === 204) return answer;
  throw new ProviderError("ambiguous", `the storage system answered ${answer.status} with something that is not JSON`);
}

/** Checks an answer's status and form and returns its body. */
export const readBody = createReader("the storage system's", toFailure);

/** The error code in an answer of the admin API, if there is one. */
export function codeOf(answer: AdminAnswer): string | undefined {
  const parsed = errorReplySchema.safeParse(answer.body);
  return parsed.success ? parsed.data.error.code : undefined;
}

/** What an answer with an unexpected status means. */
export function toFailure(answer: AdminAnswer): ProviderError {
  return new ProviderError(
    // The server did nothing: the folder of the region is not there.
    codeOf(answer) === "StoreLost" ? "unavailable" : toFailureKind(answer.status),
    `the storage system answered ${answer.status} ${codeOf(answer) ?? ""}`.trim(),
    {
      status: answer.status,
    },
  );
}
