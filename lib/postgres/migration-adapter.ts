import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import pg from "pg";

/** PostgreSQL's internal "char", at which the adapter fails, and char(n), whose values look the same. */
const INTERNAL_CHAR = 18;
const CHAR_N = 1042;

/**
 * The database as Prisma's schema engine sees it. It is @prisma/adapter-pg but for what that does wrong here
 * (7.10.0): its shadow database is the main one when it was given a URL; it drops the shadow database while
 * still connected to it; it cuts scripts at every ";", also inside functions and texts; it cannot read the
 * type "char" of the catalogue; and with more than one connection the engine's advisory lock may be taken on
 * one and released on another.
 */
export function createMigrationAdapter(url: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(url),
    connectToShadowDb: () => connectToShadow(url),
  };
}

/** The same server and credentials, another database. */
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
  // A connection may be told that its database is dropped while it is closing, when nobody listens to it any more.
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

/** Makes the pool pass "char" off as char(n); the map says of a result's rows which columns those were. */
function noteInternalChars(pool: pg.Pool): WeakMap<unknown[], number[]> {
  const noted = new WeakMap<unknown[], number[]>();
  const query = pool.query.bind(pool) as (config: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult>;
  const noting = async (config: pg.QueryArrayConfig) => {
    const result = await query(config);
    // A script of several statements gives a list of results, none of which is read.
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
