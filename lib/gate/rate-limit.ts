import "server-only";
import { RateLimiterPrisma, RateLimiterRes } from "rate-limiter-flexible";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { sql } from "@/lib/platform/sql";

export interface Limit {
  points: number;
  seconds: number;
}

/** Attempts to sign in to an account from one network (`networkOf` an address). A success gives them back. */
export const SIGN_IN_ACCOUNT: Limit = { points: 8, seconds: 15 * 60 };
/** To an account from anywhere: wide, so that a stranger cannot keep its owner out with a few guesses. */
export const SIGN_IN_ACCOUNT_ANYWHERE: Limit = { points: 100, seconds: 15 * 60 };
/** From a network, to any account. */
export const SIGN_IN_NETWORK: Limit = { points: 60, seconds: 15 * 60 };
/** All actions of one person together. */
export const ACTIONS_COARSE: Limit = { points: 120, seconds: 60 };

/** Changes of one kind that one person makes to keys. */
export const CHANGES: Limit = { points: 20, seconds: 60 };

interface Counter {
  key: string;
  points: number;
  expire: Date;
}

/** Counts in one statement; the library's own takes two, and two commits. */
class OneStatementLimiter extends RateLimiterPrisma {
  _upsert(key: string, points: number, msDuration: number): Promise<Counter> {
    return countTogether({ key, points, expire: new Date(Date.now() + msDuration) });
  }
}

let begun: { counters: Counter[]; counted: Promise<Counter[]> } | undefined;

/** What is counted together goes out together: counters that are begun before anything else happens are one statement. */
async function countTogether(counter: Counter): Promise<Counter> {
  // A statement counts nothing twice.
  if (!begun || begun.counters.some(({ key }) => key === counter.key)) {
    const counters: Counter[] = [];
    begun = { counters, counted: Promise.resolve().then(() => writeCounters(counters)) };
  }
  const { counters, counted } = begun;
  counters.push(counter);
  const row = (await counted).find(({ key }) => key === counter.key);
  if (!row) throw new Error("the counter was not written");
  return row;
}

function writeCounters(counters: Counter[]): Promise<Counter[]> {
  if (begun?.counters === counters) begun = undefined;
  const now = new Date();
  // In one order for all: of those who count, nobody waits in a circle.
  return sql.$queryRaw<Counter[]>`
    INSERT INTO rate_limits AS old (key, points, expire)
    SELECT key, points, expire
    FROM unnest(${counters.map(({ key }) => key)}::text[], ${counters.map(({ points }) => points)}::int[],
      ${counters.map(({ expire }) => expire)}::timestamptz[]) AS counter (key, points, expire) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
      points = CASE WHEN old.expire <= ${now} THEN excluded.points ELSE old.points + excluded.points END,
      expire = CASE WHEN old.expire <= ${now} THEN excluded.expire ELSE old.expire END
    RETURNING key, points, expire`;
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
  await takePoints([{ name, limit }], who);
}

/** The same of several limits in one trip: a point is taken from each, also where another has none left. */
export async function takePoints(limits: readonly { name: string; limit: Limit }[], who: string): Promise<void> {
  await Promise.all(
    limits.map(async ({ name, limit }) => {
      try {
        await limiterFor(name, limit).consume(who);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) {
          throw new AppError("UNAVAILABLE", "the rate limiter cannot be read", { cause: error });
        }
        const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
        throw new AppError("RATE_LIMITED", `limit ${name} is used up`, { retryAfterSeconds });
      }
    }),
  );
}

/** Gives `who` all points of the limit back. */
export async function resetPoints(name: string, limit: Limit, who: string): Promise<void> {
  await limiterFor(name, limit).delete(who);
}
