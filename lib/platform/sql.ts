import type { Duplex } from "node:stream";
import { type PoolClient, types } from "pg";
import { nameStatement, pool } from "@/lib/platform/db/client";

/**
 * What takes a statement by hand: the pool, a transaction on it, and Prisma's client and transactions alike. Where a
 * change of keys spends its time there are only these: the same statement costs a third of the processor time.
 */
export interface Statements {
  $queryRaw: <Rows = unknown>(text: TemplateStringsArray, ...values: unknown[]) => Promise<Rows>;
  /** For a text that a library composed. */
  $queryRawUnsafe: <Rows = unknown>(text: string, ...values: unknown[]) => Promise<Rows>;
}

/**
 * A process that stops in the middle must not keep its locks for longer than a lease lasts, and nobody waits for a
 * lock for longer than a person waits for an answer.
 */
const BEGIN = "BEGIN; SET LOCAL statement_timeout = 8000; SET LOCAL idle_in_transaction_session_timeout = 10000";

const INT8 = 20;
/** As Prisma has it: a bigint is no text. */
const TYPES: Pick<typeof types, "getTypeParser"> = {
  getTypeParser: ((oid: number, format?: "text") =>
    oid === INT8 ? BigInt : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** A transaction of one's own. */
export interface OwnTransaction extends Statements {
  /**
   * Commits together with the statements that were begun just before, in one trip, and gives what they answered: for work
   * that has nothing left to decide by it, and sends all it sends without waiting for anything from outside the process.
   * Nothing may follow; what is thrown afterwards takes nothing back. When one of them fails, here or at the server,
   * everything is taken back.
   */
  commit: <T extends readonly unknown[]>(begun: readonly [...{ [Index in keyof T]: Promise<T[Index]> }]) => Promise<T>;
}

/** Each statement is a transaction of its own. */
export const sql: Statements = createStatements(pool);

/**
 * Runs `work` in a transaction (READ COMMITTED), and commits when it returns, unless it did so itself. Statements that
 * are begun together are sent together, and carried out in their order. What fails takes everything back and is thrown.
 */
export async function transact<T>(work: (tx: OwnTransaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const { stream } = client.connection;
  let broken = false;
  let over = false;
  const note = () => {
    broken = true;
  };
  client.on("error", note);
  try {
    holdBack(stream);
    const begun = client.query(BEGIN);
    // Whatever made it fail makes the first statement fail too.
    begun.catch(() => {});
    const beforeEach = () => {
      // The connection may be somebody else's by now.
      if (over) throw new Error("the transaction is over");
      holdBack(stream);
    };
    const end = () => {
      beforeEach();
      over = true;
      return sendCommit(client);
    };
    let committed: Promise<void> | undefined;
    const commit = async (statements: Promise<unknown>[]) => {
      if (committed) throw new Error("the transaction is over");
      const answers = Promise.all(statements);
      committed = endBehind(answers, stream, end);
      // What a statement says of its failure is more than what the commit says of it.
      const [answered] = await Promise.all([answers, committed]);
      return answered;
    };
    const result = await work({ ...createStatements(client, beforeEach), commit: commit as OwnTransaction["commit"] });
    await Promise.all([begun, committed ?? end()]);
    return result;
  } catch (error) {
    over = true;
    await client.query("ROLLBACK").catch(note);
    throw error;
  } finally {
    client.removeListener("error", note);
    client.release(broken);
  }
}

async function sendCommit(client: PoolClient): Promise<void> {
  const { command } = await client.query("COMMIT");
  if (command !== "COMMIT") throw new Error("a statement of the transaction had failed");
}

/**
 * Ends a transaction in the same write as what was begun, unless that has failed by then: of what failed before it was
 * sent the server knows nothing, and would commit the rest.
 */
async function endBehind(begun: Promise<unknown>, stream: Duplex, end: () => Promise<void>): Promise<void> {
  let failed = false;
  begun.catch(() => (failed = true));
  stream.cork();
  // Whatever the begun work does without waiting for the world outside comes before this.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  holdBack(stream);
  stream.uncork();
  if (failed) throw new Error("a statement of the transaction had failed");
  await end();
}

/** A write to a socket costs more than what is written: what is sent in one go goes out as one. */
function holdBack(stream: Duplex): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

function createStatements(connection: Pick<PoolClient, "query">, beforeEach = () => {}): Statements {
  const query = async <Rows>(text: string, values: unknown[], name: string): Promise<Rows> => {
    beforeEach();
    return (await connection.query({ text, values, name, types: TYPES })).rows as Rows;
  };
  return {
    $queryRaw: (parts, ...values) => {
      const { text, name } = compose(parts);
      return query(text, values, name);
    },
    $queryRawUnsafe: (text, ...values) => query(text, values, nameStatement(text)),
  };
}

const composed = new WeakMap<TemplateStringsArray, { text: string; name: string }>();

/** A template is one object for as long as the program runs: its text is put together once. */
function compose(parts: TemplateStringsArray): { text: string; name: string } {
  const known = composed.get(parts);
  if (known) return known;
  const text = parts.reduce((before, part, index) => `${before}$${index}${part}`);
  const made = { text, name: nameStatement(text) };
  composed.set(parts, made);
  return made;
}

/** The database's clock: the one that several processes share. Inside a transaction it stands still. */
export async function readDatabaseClock(tx: Statements): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT now()`;
  if (!row) throw new Error("the database did not tell the time");
  return row.now;
}
