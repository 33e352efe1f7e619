import { OutboundError } from "@/lib/platform/net/outbound-error";
import { ProviderError } from "@/lib/providers/errors";

/** The longest answer of an admin API that is read. A list of tens of thousands of buckets fits. Bytes. */
export const ANSWER_MAX_BYTES = 64 * 1024 * 1024;

/**
 * What a request without an answer means: `unavailable` when nothing was sent. Otherwise `ambiguous`, because the
 * storage system may have done what the request asked for.
 */
export function toNetworkFailure(error: unknown): ProviderError {
  if (!(error instanceof OutboundError))
    return new ProviderError("ambiguous", "the connection to the storage system broke");
  if (error.sent) return new ProviderError("ambiguous", `the storage system gave no answer: ${error.message}`);
  return new ProviderError("unavailable", `the storage system cannot be reached: ${error.message}`);
}
