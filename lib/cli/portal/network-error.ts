/** What the errors of Node mean for a person. */
const SENTENCES: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EAI_AGAIN: "the name cannot be looked up at the moment",
  ENOTFOUND: "there is no machine of this name",
  EHOSTUNREACH: "there is no way to this machine",
  ENETUNREACH: "there is no way to this network",
  ETIMEDOUT: "it takes too long",
  TimeoutError: "it takes too long",
  UND_ERR_CONNECT_TIMEOUT: "it takes too long",
  UND_ERR_HEADERS_TIMEOUT: "it takes too long",
  UND_ERR_SOCKET: "the connection was cut",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or the clock of this machine is wrong",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is not trusted here. NODE_EXTRA_CA_CERTS names a file with more authorities",
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate is not trusted here. NODE_EXTRA_CA_CERTS names a file with more authorities",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is not trusted here. NODE_EXTRA_CA_CERTS names a file with more authorities",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  EPROTO: "it does not speak TLS there",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS there",
};

/** Why a request failed on its way, as a part of a sentence. */
export function describeNetworkError(error: unknown): string {
  for (const code of codesOf(error)) {
    const sentence = SENTENCES[code];
    if (sentence) return sentence;
  }
  return codesOf(error)[0] ?? "the connection failed";
}

/** The codes of an error and its causes, the innermost first. An aggregate has one error for each address. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const inner = [error.cause, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])].flatMap(codesOf);
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return [...inner, ...(own === undefined ? [] : [own]), ...(error.name === "TimeoutError" ? ["TimeoutError"] : [])];
}
