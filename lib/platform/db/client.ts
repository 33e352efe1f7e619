import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { env } from "@/lib/platform/env";
import { type Prisma, PrismaClient } from "@/prisma/generated/client";

const CONNECTIONS_MAX = 10;
const WAIT_FOR_CONNECTION_MS = 5_000;

/** More texts than the program has; past it, lists of changing length must be making new ones. */
const NAMED_STATEMENTS_MAX = 500;

/** Connections that send a statement without waiting for the answer to the one before. */
function createPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
    pipeline: true,
  });
  // One that breaks while nobody uses it leaves the pool by itself.
  pool.on("error", () => {});
  return pool;
}

/** A client on its own pool of connections. */
export function createDatabase(url: string): PrismaClient {
  return createClient(createPool(url));
}

function createClient(connections: Pool): PrismaClient {
  const adapter = new PrismaPg(connections, { statementNameGenerator: createNames(), disposeExternalPool: true });
  return new PrismaClient({ adapter });
}

/** PostgreSQL parses and plans a statement with a name once a connection. Without parameters there is nothing to keep. */
function createNames(): (query: { sql: string; args: unknown[] }) => string {
  const names = new Map<string, string>();
  return ({ sql, args }) => {
    if (args.length === 0) return "";
    const known = names.get(sql);
    if (known !== undefined || names.size >= NAMED_STATEMENTS_MAX) return known ?? "";
    const name = nameStatement(sql);
    names.set(sql, name);
    return name;
  };
}

/** The name of a text is the same wherever it stands, so that one connection can serve everybody. */
export function nameStatement(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

// Next bundles a module once for each kind of entry point; the pool is kept one a process.
const shared = globalThis as typeof globalThis & { latchkeyPool?: Pool; latchkeyDatabase?: PrismaClient };

/** The process's connections, which its Prisma client and the statements by hand share. */
export const pool: Pool = (shared.latchkeyPool ??= createPool(env.DATABASE_URL));

/** The process's one client. */
export const db: PrismaClient = (shared.latchkeyDatabase ??= createClient(pool));

/** What a query inside a transaction of Prisma's goes through. */
export type Transaction = Prisma.TransactionClient;
