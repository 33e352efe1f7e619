/**
 * What the failure of a call means for the change that made the call.
 * - `ambiguous`: the storage system may or may not have done the write (timeout, reset, 5xx or garbage after sending)
 * - `unavailable`: nothing was sent, or the answer proves that nothing was done
 * - `denied`: the storage system refused the region's admin credential; an admin must act, a retry does not help
 * - `conflict`: the access key id exists with another secret or another owner
 * - `not-found`: the principal or the key does not exist
 * - `invalid`: the settings or the request are wrong; a retry does not help
 * - `limit`: a limit of the storage system is reached, such as the number of keys
 * - `throttled`: the storage system has too much to do; nothing was done
 */
export type ProviderFailure =
  "ambiguous" | "unavailable" | "denied" | "conflict" | "not-found" | "invalid" | "limit" | "throttled";

/** The only error a provider throws. Its message may be logged and never holds a secret. */
export class ProviderError extends Error {
  readonly failure: ProviderFailure;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** What an admin does about it: a sentence without a capital letter and a full stop. */
  readonly remedy: string | undefined;

  constructor(
    failure: ProviderFailure,
    message: string,
    info: { status?: number; retryAfterMs?: number; remedy?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: info.cause });
    this.name = "ProviderError";
    this.failure = failure;
    this.status = info.status;
    this.retryAfterMs = info.retryAfterMs;
    this.remedy = info.remedy;
  }

  /** Whether the storage system may have done the write all the same. */
  get mayHaveHappened(): boolean {
    return this.failure === "ambiguous";
  }
}
