import { OutboundError } from "@/lib/platform/net/outbound-error";
import { ProviderError } from "@/lib/providers/errors";

/** The longest answer of an admin API: a list of tens of thousands of buckets fits, one without end does not. */
export const ANSWER_MAX_BYTES = 64 * 1024 * 1024;

/**
 * What a request that got no answer means. Only where nothing was sent is it known that nothing was done; every other
 * failure leaves open whether the storage system did what it was asked.
 */
export function toNetworkFailure(error: unknown): ProviderError {
  if (!(error instanceof OutboundError))
    return new ProviderError("ambiguous", "the connection to the storage system broke");
  if (error.sent) return new ProviderError("ambiguous", `the storage system gave no answer: ${error.message}`);
  return new ProviderError("unavailable", `the storage system cannot be reached: ${error.message}`);
}
