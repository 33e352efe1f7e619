import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { env } from "@/lib/platform/env";
import { logger } from "@/lib/platform/logger";
import { type Prisma, PrismaClient } from "@/prisma/generated/client";

const CONNECTIONS_MAX = 10;
const WAIT_FOR_CONNECTION_MS = 5_000;

/**
 * What the server allows a connection. Prisma's own timeout does not end a statement that waits for a lock, so the
 * server ends it. A process that stops inside a transaction loses its locks before a lease of 30 s is over.
 */
export const SERVER_LIMITS = {
  statement_timeout: 8_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/**
 * How long this process waits for the answer to a statement. A server that hangs keeps the connection open and ends
 * nothing by its own limits. Longer than these limits, so that a server that works says itself what happened.
 */
const ANSWER_WITHIN_MS = 9_000;

/** How long a transaction waits for a connection, and how long it may take. Milliseconds. */
const TRANSACTION_LIMITS = { maxWait: 5_000, timeout: 10_000 } as const;

function createPool(url: string, limits: { query_timeout?: number } = {}): Pool {
  const created = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
    ...SERVER_LIMITS,
    ...limits,
  });
  // The pool removes an idle connection that breaks. Without a listener the process would end.
  created.on("error", (error) => logger.warn({ err: error }, "a connection to the database broke"));
  return created;
}

function createClient(connections: Pool): PrismaClient {
  const adapter = new PrismaPg(connections, { disposeExternalPool: true });
  return new PrismaClient({ adapter, transactionOptions: TRANSACTION_LIMITS });
}

/** A Prisma client with a pool of its own. Waits for a statement as long as the server lets it run. */
export function createDatabase(url: string): PrismaClient {
  return createClient(createPool(url));
}

// Next bundles a module once for each kind of entry point. All copies share one pool and one client per process.
const shared = globalThis as typeof globalThis & { latchkeyPool?: Pool; latchkeyDatabase?: PrismaClient };

/** The process's one pool. Prisma uses it, and so does the store of the rate limits. */
export const pool: Pool = (shared.latchkeyPool ??= createPool(env.DATABASE_URL, {
  query_timeout: ANSWER_WITHIN_MS,
}));

/** The process's one Prisma client. */
export const db: PrismaClient = (shared.latchkeyDatabase ??= createClient(pool));

/** The client inside a transaction. */
export type Transaction = Prisma.TransactionClient;
