import "server-only";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { pool } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

export interface Limit {
  points: number;
  seconds: number;
}

/** Attempts to sign in to an account from one network (see `networkOf`). A successful sign-in resets the limit. */
export const SIGN_IN_ACCOUNT: Limit = { points: 8, seconds: 15 * 60 };
/**
 * Attempts to sign in to an account from all networks. High, so that a stranger cannot lock the owner out with a few
 * guesses.
 */
export const SIGN_IN_ACCOUNT_ANYWHERE: Limit = { points: 100, seconds: 15 * 60 };
/** Attempts to sign in from a network, to any account. */
export const SIGN_IN_NETWORK: Limit = { points: 60, seconds: 15 * 60 };
/** What a network may ask of the pages for people who cannot sign in yet. */
export const STRANGERS_NETWORK: Limit = { points: 60, seconds: 15 * 60 };
/** All actions of one person together. */
export const ACTIONS_COARSE: Limit = { points: 120, seconds: 60 };

/** Changes of one kind that one person makes to keys. */
export const CHANGES: Limit = { points: 20, seconds: 60 };

/** Refused pages of one person that the audit log names. More of them leave lines in the log only. */
export const PAGE_REFUSALS: Limit = { points: 30, seconds: 60 };

/** Of a person of the platform who reads a project of others, the audit log has one line an hour. */
export const PLATFORM_READS: Limit = { points: 1, seconds: 60 * 60 };

/** How a limit stands for one person after a point was asked for. */
export interface LimitStanding {
  limit: number;
  remaining: number;
  /** Until all points are back. */
  resetSeconds: number;
}

/** The refusal of a limit that is used up. */
export class RateLimitError extends AppError {
  readonly standing: LimitStanding;

  constructor(name: string, standing: LimitStanding, cause: RateLimiterRes) {
    const retryAfterSeconds = Math.max(1, standing.resetSeconds);
    super("RATE_LIMITED", `limit ${name} is used up`, { retryAfterSeconds, cause });
    this.standing = standing;
  }
}

const limiters = new Map<string, RateLimiterPostgres>();

function limiterFor(name: string, limit: Limit): RateLimiterPostgres {
  const known = limiters.get(name);
  if (known) return known;
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    tableName: "rate_limits",
    // The migrations make the table.
    tableCreated: true,
    keyPrefix: name,
    points: limit.points,
    duration: limit.seconds,
  });
  limiters.set(name, limiter);
  return limiter;
}

/**
 * Takes one point of `who` from the limit `name`, and tells how the limit stands then. Throws RATE_LIMITED with the seconds to wait when no point is left,
 * and UNAVAILABLE when the counter cannot be read: a limit that cannot be checked admits nobody.
 */
export async function consumeRateLimit(name: string, limit: Limit, who: string): Promise<LimitStanding> {
  try {
    return describeStanding(limit, await limiterFor(name, limit).consume(who));
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) {
      throw new AppError("UNAVAILABLE", "the rate limiter cannot be read", { cause: error });
    }
    throw new RateLimitError(name, describeStanding(limit, error), error);
  }
}

function describeStanding({ points: limit }: Limit, { remainingPoints, msBeforeNext }: RateLimiterRes): LimitStanding {
  const resetSeconds = Math.max(0, Math.ceil(msBeforeNext / 1_000));
  return { limit, remaining: Math.max(0, remainingPoints), resetSeconds };
}

/** Whether an error of `consumeRateLimit` is the first refusal by the limit until all points are back. */
export function isFirstRefusal(error: AppError, limit: Limit): boolean {
  return error.cause instanceof RateLimiterRes && error.cause.consumedPoints === limit.points + 1;
}

/** Gives `who` all points of the limit back. */
export async function resetRateLimit(name: string, limit: Limit, who: string): Promise<void> {
  await limiterFor(name, limit).delete(who);
}
