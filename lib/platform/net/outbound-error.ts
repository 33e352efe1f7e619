/**
 * - `address`: the portal sends nothing there
 * - `certificate`: the server's certificate is not accepted
 * - `unreachable`: no connection could be made
 * - `broken`: the connection ended before the whole answer was there
 * - `too-long`: the answer has no end
 */
export type OutboundFailure = "address" | "certificate" | "unreachable" | "broken" | "too-long";

/** Why a request got no answer, in words for an admin. Never quotes what was sent. */
export class OutboundError extends Error {
  readonly kind: OutboundFailure;
  /** False when the other side cannot have got a byte of the request. */
  readonly sent: boolean;

  constructor(kind: OutboundFailure, message: string, sent: boolean) {
    super(message);
    this.name = "OutboundError";
    this.kind = kind;
    this.sent = sent;
  }
}

const UNTRUSTED = "is signed by a CA that is not trusted here, which a file in NODE_EXTRA_CA_CERTS can change";

/** After "the certificate of HOST". */
const CERTIFICATES: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself, which a file in NODE_EXTRA_CA_CERTS can make trusted",
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `${UNTRUSTED}, or it comes without its intermediates`,
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet, or the clock here is behind",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another name",
};

/** Before the host. */
const CONNECTIONS: Record<string, string> = {
  ECONNREFUSED: "nothing listens at",
  ENOTFOUND: "there is no address for",
  EAI_AGAIN: "the name server does not know now where to find",
  EHOSTUNREACH: "there is no way to",
  ENETUNREACH: "there is no way to",
  ETIMEDOUT: "no connection could be made in time to",
};

/** What Node's error means for a request to `url`, of which something was `sent` or not. */
export function toOutboundError(error: unknown, url: URL, sent: boolean): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  if (sent)
    return new OutboundError(
      "broken",
      code.startsWith("HPE_") ? `${url.host} does not answer in HTTP` : "the connection broke",
      true,
    );
  const certificate = CERTIFICATES[code] ?? (/CERT|SIGNATURE|CRL/.test(code) ? `is not accepted (${code})` : undefined);
  if (certificate) return new OutboundError("certificate", `the certificate of ${url.host} ${certificate}`, false);
  if (/^(EPROTO|ERR_SSL_)/.test(code))
    return new OutboundError("certificate", `${url.host} does not speak TLS as it should`, false);
  return new OutboundError(
    "unreachable",
    `${CONNECTIONS[code] ?? "no connection could be made to"} ${url.host}`,
    false,
  );
}
