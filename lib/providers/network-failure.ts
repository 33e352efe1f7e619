import { ProviderError } from "@/lib/providers/errors";

const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"];

/**
 * What a request that got no answer means. A refused connection proves that nothing was sent; every other network
 * error leaves open whether the storage system did what it was asked.
 */
export function toNetworkFailure(error: unknown): ProviderError {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && NEVER_SENT.includes(code)
    ? new ProviderError("unavailable", "the storage system cannot be reached")
    : new ProviderError("ambiguous", "the connection to the storage system broke");
}
