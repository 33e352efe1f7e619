import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { z } from "zod";
import { sendOutbound } from "@/lib/platform/outbound";
import { parseJson } from "@/lib/platform/parse-json";
import type { Secret } from "@/lib/platform/secret";
import { errorReplySchema } from "@/lib/providers/rgw-admin/replies";
import { toSkewFailure } from "@/lib/providers/clock-skew";
import { ProviderError, type ProviderFailure } from "@/lib/providers/errors";
import { ANSWER_MAX_BYTES, toNetworkFailure } from "@/lib/providers/network-failure";
import type { CallContext } from "@/lib/providers/provider";

/** Where the Admin Ops API is, and with what its requests are signed. */
export interface AdminAccess {
  adminUrl: string;
  adminPath: string;
  signingRegion: string;
  accessKeyId: string;
  secretAccessKey: Secret;
}

export interface Answer {
  status: number;
  body: unknown;
  /** By how much the storage system's clock is ahead of ours. Milliseconds; to the second. */
  aheadMs: number | undefined;
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Sends one request, signed with the admin pair (SigV4, service `s3`). All parameters go into the query, which
 * radosgw writes to its log: no caller may put a secret there.
 */
export async function callAdminOps(
  access: AdminAccess,
  method: "GET" | "PUT" | "POST" | "DELETE",
  resource: "user" | "bucket",
  query: Record<string, string>,
  context: CallContext,
): Promise<Answer> {
  const base = new URL(access.adminUrl);
  const path = `/${access.adminPath}/${resource}`;
  const signer = new SignatureV4({
    service: "s3",
    region: access.signingRegion,
    sha256: Sha256,
    credentials: { accessKeyId: access.accessKeyId, secretAccessKey: access.secretAccessKey.reveal() },
    uriEscapePath: false,
  });
  const headers = { host: base.host, "x-amz-content-sha256": EMPTY_SHA256 };
  const { host: _host, ...signed } = (
    await signer.sign(new HttpRequest({ method, protocol: base.protocol, hostname: base.hostname, path, query, headers }))
  ).headers;
  try {
    const request = { method, headers: signed, signal: context.signal, maxBytes: ANSWER_MAX_BYTES };
    const answer = await sendOutbound(new URL(`${path}?${encodeQuery(query)}`, base), request);
    return { status: answer.status, body: parseJson(answer.text), aheadMs: readAhead(answer.headers.date) };
  } catch (error) {
    throw toNetworkFailure(error);
  }
}

/** The answer's body in the form it must have. Throws what any other status or form means. */
export function expectOk<T>(schema: z.ZodType<T>): (answer: Answer) => T {
  return (answer) => {
    if (answer.status !== 200) throw toFailure(answer);
    const parsed = schema.safeParse(answer.body);
    // Without zod's error: it may quote what it was given, and that may hold secrets.
    if (!parsed.success) throw new ProviderError("ambiguous", "the storage system's answer is not of the known form");
    return parsed.data;
  };
}

export function codeOf(answer: Answer): string | undefined {
  const parsed = errorReplySchema.safeParse(answer.body);
  return parsed.success ? parsed.data.Code : undefined;
}

const FAILURES: Record<number, ProviderFailure> = {
  400: "invalid",
  401: "denied",
  403: "denied",
  405: "invalid",
  409: "conflict",
  429: "throttled",
};

const SENTENCES: Record<string, string> = {
  AccessDenied: "the admin user lacks a capability for this",
  InvalidAccessKeyId: "the storage system refuses the admin credential",
  SignatureDoesNotMatch: "the secret of the admin credential is wrong",
  UserSuspended: "the admin user is suspended",
};

/**
 * What an answer other than 200 means. A 403 is always about the admin credential: `InvalidAccessKeyId` also answers
 * the removal of a key that is gone, and whoever asks for that looks whether it is.
 */
export function toFailure(answer: Answer): ProviderError {
  const { status } = answer;
  const code = codeOf(answer);
  if (code === "RequestTimeTooSkewed") return toSkewFailure(answer.aheadMs ?? 0);
  const kind = code === "SlowDown" ? "throttled" : code === "NoSuchUser" ? "not-found" : (FAILURES[status] ?? "ambiguous");
  const said = `the storage system answered ${status} ${code ?? ""}`.trim();
  return new ProviderError(kind, (code && SENTENCES[code]) ?? said, { status });
}

function readAhead(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : date - Date.now();
}

/** As the signature's canonical form has it: everything escaped but the unreserved characters. */
function encodeQuery(query: Record<string, string>): string {
  const escape = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return Object.entries(query)
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .join("&");
}
