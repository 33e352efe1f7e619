/**
 * What a storage system's failure means for the change under way.
 * - `ambiguous`: the write may or may not have happened (timeout, reset, 5xx or garbage after sending)
 * - `unavailable`: nothing was sent, or the answer proves that nothing was done
 * - `denied`: the region's admin credential was refused; someone must be called, retrying does not help
 * - `conflict`: the access key id is taken with another secret or owner
 */
export type ProviderFailure =
  "ambiguous" | "unavailable" | "denied" | "conflict" | "not-found" | "invalid" | "limit" | "throttled";

/** The only error a provider throws. Its message may be logged and never holds a secret. */
export class ProviderError extends Error {
  readonly failure: ProviderFailure;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    failure: ProviderFailure,
    message: string,
    info: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: info.cause });
    this.name = "ProviderError";
    this.failure = failure;
    this.status = info.status;
    this.retryAfterMs = info.retryAfterMs;
  }

  /** True when the storage system may have done what it was asked to do. */
  get mayHaveHappened(): boolean {
    return this.failure === "ambiguous";
  }
}
