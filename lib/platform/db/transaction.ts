import { db, type Transaction } from "@/lib/platform/db/client";
import { isUnavailable, readAdapterError } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";
import { Prisma, type PrismaClient } from "@/prisma/generated/client";

/** How often the work of a transaction is begun when PostgreSQL ends it for a deadlock or a write conflict. */
const ATTEMPTS_MAX = 3;

interface TransactionOptions {
  /** Another client than the process's own. */
  client?: PrismaClient;
  /** How long the whole transaction may take, where 10 s are not enough. Milliseconds. */
  timeoutMs?: number;
}

/**
 * Runs `work` in a transaction (READ COMMITTED) and commits when it returns. Whatever it throws takes everything back
 * and is thrown here. Deadlocks and write conflicts begin the whole work anew, so `work` touches nothing but the
 * database. Throws UNAVAILABLE when the database does not answer in time.
 *
 * `work` awaits one statement after the other and catches no error of the database: PostgreSQL has ended the
 * transaction by then, and the commit keeps nothing. A commit whose answer is lost may have happened all the same: the
 * caller reads again before it undoes anything.
 */
export async function withTransaction<T>(
  work: (tx: Transaction) => Promise<T>,
  { client = db, timeoutMs }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.$transaction(work, timeoutMs === undefined ? {} : { timeout: timeoutMs });
    } catch (error) {
      if (isConflict(error) && attempt < ATTEMPTS_MAX) continue;
      if (isConflict(error) || isUnavailable(error)) {
        throw new AppError("UNAVAILABLE", "the database did not carry out the transaction", { cause: error });
      }
      throw error;
    }
  }
}

/** Ends a transaction that is to keep nothing. */
class TakenBack extends Error {}

/** Runs `work` in a transaction as `withTransaction` does, and takes everything back in the end. For dry runs. */
export async function withoutCommit<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const results: T[] = [];
  await withTransaction(async (tx) => {
    results.push(await work(tx));
    throw new TakenBack();
  }).catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  const result = results.at(-1);
  if (result === undefined) throw new Error("a dry run decides something");
  return result;
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === "P2034" || readAdapterError(error)?.kind === "TransactionWriteConflict";
}
