import { type AdminAnswer, askAdmin, createReader, toFailureKind } from "@/lib/providers/admin-answer";
import { errorReplySchema } from "@/lib/providers/rgw-admin/replies";
import { toSkewFailure } from "@/lib/providers/clock-skew";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";
import { signRequest, type SigningCredentials } from "@/lib/providers/sign-request";

/** The address of the Admin Ops API and the key that signs its requests. */
export interface AdminAccess extends SigningCredentials {
  adminUrl: string;
  adminPath: string;
}

/**
 * Sends one request, signed with the admin's key (SigV4, service `s3`). All parameters go into the query. radosgw
 * writes the query to its log, so no parameter may be a secret.
 */
export async function callAdminOps(
  access: AdminAccess,
  method: "GET" | "PUT" | "POST" | "DELETE",
  resource: "user" | "bucket",
  query: Record<string, string>,
  context: CallContext,
): Promise<AdminAnswer> {
  const base = new URL(access.adminUrl);
  const path = `/${access.adminPath}/${resource}`;
  const headers = await signRequest(access, { method, base, path, query });
  return askAdmin(new URL(`${path}?${encodeQuery(query)}`, base), { method, headers, signal: context.signal });
}

/** Checks an answer's status and form and returns its body. */
export const readBody = createReader("the storage system's", toFailure);

/** The error code in an answer of the Admin Ops API, if there is one. */
export function codeOf(answer: AdminAnswer): string | undefined {
  const parsed = errorReplySchema.safeParse(answer.body);
  return parsed.success ? parsed.data.Code : undefined;
}

const SENTENCES: Record<string, string> = {
  AccessDenied: "the admin user lacks a capability for this",
  InvalidAccessKeyId: "the storage system refuses the admin credential",
  SignatureDoesNotMatch: "the secret of the admin credential is wrong",
  UserSuspended: "the admin user is suspended",
};

/**
 * What an answer other than 200 means. A 403 counts as a refusal of the admin credential. radosgw also answers
 * `InvalidAccessKeyId` to the removal of a key that does not exist: whoever removes a key handles that code before. A
 * 404 without a code of RGW may come from a proxy and proves nothing.
 */
export function toFailure(answer: AdminAnswer): ProviderError {
  const { status } = answer;
  const code = codeOf(answer);
  if (code === "RequestTimeTooSkewed") return toSkewFailure(answer.aheadMs ?? 0);
  const known = code === "SlowDown" ? "throttled" : code === "NoSuchUser" ? "not-found" : undefined;
  const kind = known ?? (status === 404 ? "ambiguous" : toFailureKind(status));
  const said = `the storage system answered ${status} ${code ?? ""}`.trim();
  return new ProviderError(kind, (code && SENTENCES[code]) ?? said, { status });
}

/** Escapes everything but the unreserved characters, as the canonical form of the signature does. */
function encodeQuery(query: Record<string, string>): string {
  const escape = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return Object.entries(query)
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .join("&");
}
