import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { env } from "@/lib/platform/env";
import { type Prisma, PrismaClient } from "@/prisma/generated/client";

const CONNECTIONS_MAX = 10;
const WAIT_FOR_CONNECTION_MS = 5_000;

/** More texts than the program has; past it, lists of changing length must be making new ones. */
const NAMED_STATEMENTS_MAX = 500;

/** A client on its own pool of connections. */
export function createDatabase(url: string): PrismaClient {
  const connection = { connectionString: url, max: CONNECTIONS_MAX, connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS };
  const adapter = new PrismaPg(connection, { statementNameGenerator: nameStatements() });
  return new PrismaClient({ adapter });
}

/** PostgreSQL parses and plans a statement with a name once a connection. Without parameters there is nothing to keep. */
function nameStatements(): (query: { sql: string; args: unknown[] }) => string {
  const names = new Map<string, string>();
  return ({ sql, args }) => {
    if (args.length === 0) return "";
    const known = names.get(sql);
    if (known !== undefined || names.size >= NAMED_STATEMENTS_MAX) return known ?? "";
    const name = createHash("sha256").update(sql).digest("hex").slice(0, 32);
    names.set(sql, name);
    return name;
  };
}

// Next bundles a module once for each kind of entry point; the pool is kept one a process.
const shared = globalThis as typeof globalThis & { latchkeyDatabase?: PrismaClient };

/** The process's one client. */
export const db: PrismaClient = (shared.latchkeyDatabase ??= createDatabase(env.DATABASE_URL));

/** What a query inside a transaction goes through. */
export type Transaction = Prisma.TransactionClient;

/** The database's clock: the one that several processes share. Inside a transaction it stands still. */
export async function readDatabaseClock(tx: Transaction | PrismaClient): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT now()`;
  if (!row) throw new Error("the database did not tell the time");
  return row.now;
}
