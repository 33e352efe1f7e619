import { db, type Transaction } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { Prisma, type PrismaClient } from "@/prisma/generated/client";

/** How often the work of a transaction is begun when PostgreSQL ends it for a deadlock or a write conflict. */
const ATTEMPTS_MAX = 3;

/** PostgreSQL's classes of errors that say nothing of the statement: connection, resources, operator. */
const UNAVAILABLE_CLASSES = ["08", "53", "57"];
const LOCK_TIMEOUT = "55P03";
const IDLE_TIMEOUT = "25P03";

/** Prisma's codes for a server that cannot be reached and for a transaction that took too long. */
const UNAVAILABLE_CODES = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"];

/** What node-postgres says of a broken connection. These errors have no code. */
const CONNECTION_MESSAGES = [
  "Client has encountered a connection error",
  "Connection terminated",
  "timeout exceeded when trying to connect",
];

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

/** Whether a transaction ended because it waited too long for a lock. Nothing of it was kept. */
export function isLockTimeout(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return (
    cause instanceof Prisma.PrismaClientKnownRequestError && readAdapterError(cause)?.originalCode === LOCK_TIMEOUT
  );
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === "P2034" || readAdapterError(error)?.kind === "TransactionWriteConflict";
}

function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const state = readAdapterError(error)?.originalCode ?? "";
    const isStateOfServer =
      [LOCK_TIMEOUT, IDLE_TIMEOUT].includes(state) || UNAVAILABLE_CLASSES.includes(state.slice(0, 2));
    return isStateOfServer || UNAVAILABLE_CODES.includes(error.code);
  }
  return error instanceof Error && CONNECTION_MESSAGES.some((message) => error.message.startsWith(message));
}

/** What the adapter adds to Prisma's error: PostgreSQL's own code, and the kind that the adapter makes of it. */
function readAdapterError(error: Prisma.PrismaClientKnownRequestError): AdapterError | undefined {
  const meta = error.meta as { driverAdapterError?: { cause?: AdapterError } } | undefined;
  return meta?.driverAdapterError?.cause;
}

interface AdapterError {
  kind?: string;
  originalCode?: string;
}
