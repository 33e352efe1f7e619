import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import pg from "pg";

/**
 * The type of PostgreSQL's internal "char", which the adapter cannot read, and of char(n), whose values look the same.
 */
const INTERNAL_CHAR = 18;
const CHAR_N = 1042;

/**
 * The database adapter for Prisma's schema engine. It wraps @prisma/adapter-pg and corrects five defects of 7.10.0:
 * - When the adapter gets a URL, it takes the main database for the shadow database.
 * - It drops the shadow database while it is still connected to that database.
 * - It splits scripts at every ";", even inside functions and string literals.
 * - It cannot read the type "char" of the catalogue.
 * - With several connections, the engine may take its advisory lock on one connection and release it on another.
 */
export function createMigrationAdapter(url: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(url),
    connectToShadowDb: () => connectToShadow(url),
  };
}

/** The URL of another database on the same server, with the same credentials. */
export function toSiblingUrl(url: string, database: string): string {
  const sibling = new URL(url);
  sibling.pathname = `/${encodeURIComponent(database)}`;
  return sibling.href;
}

async function connectToShadow(url: string): Promise<SqlDriverAdapter> {
  const name = `latchkey_shadow_${randomUUID().replaceAll("-", "")}`;
  await runStatement(url, `CREATE DATABASE "${name}"`);
  // Not WITH (FORCE): only a superuser may end the autovacuum worker that is in the database now and then. A plain DROP
  // has the server end that worker, and waits up to 5 s for connections that are closing.
  return connect(toSiblingUrl(url, name), () => runStatement(url, `DROP DATABASE IF EXISTS "${name}"`));
}

async function connect(url: string, afterwards?: () => Promise<void>): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
  // The server may report a dropped database to a connection that is closing. Without a listener, such an error would
  // end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const internalChars = noteInternalChars(pool);
  const adapter = await new PrismaPg(pool).connect();
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: async (query) => {
      const result = await adapter.queryRaw(query);
      for (const column of internalChars.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
      return result;
    },
    executeRaw: (query) => adapter.executeRaw(query),
    startTransaction: (level) => adapter.startTransaction(level),
    getConnectionInfo: () => adapter.getConnectionInfo(),
    executeScript: async (script) => {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    },
    dispose: async () => {
      await adapter.dispose();
      await pool.end();
      await afterwards?.();
    },
  };
}

/** Makes the pool report "char" columns as char(n). The map gives the numbers of those columns for a result's rows. */
function noteInternalChars(pool: pg.Pool): WeakMap<unknown[], number[]> {
  const noted = new WeakMap<unknown[], number[]>();
  const query = pool.query.bind(pool) as (config: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult>;
  const noting = async (config: pg.QueryArrayConfig) => {
    const result = await query(config);
    // A script of several statements gives a list of results. The engine reads none of them.
    if (Array.isArray(result)) return result;
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === INTERNAL_CHAR ? [index] : []));
    for (const column of columns) Object.assign(result.fields[column] ?? {}, { dataTypeID: CHAR_N });
    noted.set(result.rows, columns);
    return result;
  };
  pool.query = noting as unknown as typeof pool.query;
  return noted;
}

async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
