import "server-only";
import { RateLimiterPrisma, RateLimiterRes } from "rate-limiter-flexible";
import { db } from "@/lib/platform/db";
import { AppError } from "@/lib/platform/errors";
import { sql } from "@/lib/platform/sql";

export interface Limit {
  points: number;
  seconds: number;
}

/** Attempts to sign in to an account from one address. A success gives them back. */
export const SIGN_IN_ACCOUNT: Limit = { points: 8, seconds: 15 * 60 };
/** To an account from anywhere: wide, so that a stranger cannot keep its owner out with a few guesses. */
export const SIGN_IN_ACCOUNT_ANYWHERE: Limit = { points: 100, seconds: 15 * 60 };
/** From an address, to any account. */
export const SIGN_IN_ADDRESS: Limit = { points: 60, seconds: 15 * 60 };
/** All actions of one person together. */
export const ACTIONS_COARSE: Limit = { points: 120, seconds: 60 };

/** Changes of one kind that one person makes to keys. */
export const CHANGES: Limit = { points: 20, seconds: 60 };

/** Counts in one statement; the library's own takes two, and two commits. */
class OneStatementLimiter extends RateLimiterPrisma {
  async _upsert(key: string, points: number, msDuration: number): Promise<{ points: number; expire: Date }> {
    const now = new Date();
    const expire = new Date(now.getTime() + msDuration);
    const [row] = await sql.$queryRaw<{ points: number; expire: Date }[]>`
      INSERT INTO rate_limits AS old (key, points, expire) VALUES (${key}, ${points}, ${expire})
      ON CONFLICT (key) DO UPDATE SET
        points = CASE WHEN old.expire <= ${now} THEN excluded.points ELSE old.points + excluded.points END,
        expire = CASE WHEN old.expire <= ${now} THEN excluded.expire ELSE old.expire END
      RETURNING points, expire`;
    if (!row) throw new Error("the counter was not written");
    return row;
  }
}

const limiters = new Map<string, RateLimiterPrisma>();

function limiterFor(name: string, limit: Limit): RateLimiterPrisma {
  const known = limiters.get(name);
  if (known) return known;
  const limiter = new OneStatementLimiter({
    storeClient: db,
    tableName: "rateLimit",
    keyPrefix: name,
    points: limit.points,
    duration: limit.seconds,
  });
  limiters.set(name, limiter);
  return limiter;
}

/**
 * Takes one point of `who` from the limit `name`. Throws RATE_LIMITED with the seconds to wait when none is left,
 * and UNAVAILABLE when the counter cannot be read: it fails closed.
 */
export async function takePoint(name: string, limit: Limit, who: string): Promise<void> {
  try {
    await limiterFor(name, limit).consume(who);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) {
      throw new AppError("UNAVAILABLE", "the rate limiter cannot be read", { cause: error });
    }
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
    throw new AppError("RATE_LIMITED", `limit ${name} is used up`, { retryAfterSeconds });
  }
}

/** Gives `who` all points of the limit back. */
export async function resetPoints(name: string, limit: Limit, who: string): Promise<void> {
  await limiterFor(name, limit).delete(who);
}
