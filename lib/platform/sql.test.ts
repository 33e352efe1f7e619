import { beforeAll, beforeEach, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { db, pool } from "@/lib/platform/db/client";
import { type OwnTransaction, sql, type Statements, transact } from "@/lib/platform/sql";

/** Some promises later, without waiting for anything outside. */
async function soon(): Promise<void> {
  for (let step = 0; step < 20; step += 1) await Promise.resolve();
}

beforeAll(startTestDatabase);
beforeEach(() => db.heartbeat.deleteMany());

const beat = (tx: Statements, name: string) => tx.$queryRaw`INSERT INTO heartbeats (name, at) VALUES (${name}, now())`;
const names = async () => (await db.heartbeat.findMany({ orderBy: { name: "asc" } })).map(({ name }) => name);

test("what is begun together is carried out in its order, and committed", async () => {
  const told = await transact(async (tx) => {
    const [, before, , after] = await Promise.all([
      beat(tx, "one"),
      tx.$queryRaw<{ beats: bigint }[]>`SELECT count(*) AS beats FROM heartbeats`,
      beat(tx, "two"),
      tx.$queryRaw<{ beats: bigint }[]>`SELECT count(*) AS beats FROM heartbeats`,
    ]);
    return [before[0]?.beats, after[0]?.beats];
  });
  expect(told).toEqual([1n, 2n]);
  expect(await names()).toEqual(["one", "two"]);
});

test.each<[string, (tx: Statements) => Promise<unknown>]>([
  [
    "the work throws",
    async (tx) => {
      await beat(tx, "lost");
      throw new Error("no");
    },
  ],
  ["a statement fails", (tx) => Promise.all([beat(tx, "lost"), beat(tx, "lost"), beat(tx, "never")])],
  [
    "a statement fails and nobody cares",
    async (tx) => {
      await beat(tx, "lost");
      await beat(tx, "lost").catch(() => {});
    },
  ],
])("nothing is kept when %s", async (_case, work) => {
  await expect(transact(work)).rejects.toThrow(/no|duplicate key|had failed/);
  expect(await names()).toEqual([]);
  await transact((tx) => beat(tx, "next"));
  expect(await names()).toEqual(["next"]);
});

test("a commit in one trip with the last statements keeps them, and what comes after it changes nothing", async () => {
  const told = await transact(async (tx) => {
    const [, kept] = await tx.commit([beat(tx, "one"), tx.$queryRaw<object[]>`SELECT name FROM heartbeats`]);
    expect(await names()).toEqual(["one"]);
    await expect(beat(tx, "late")).rejects.toThrow("the transaction is over");
    await expect(tx.commit([])).rejects.toThrow("the transaction is over");
    return kept;
  });
  expect(told).toEqual([{ name: "one" }]);
  await transact((tx) => beat(tx, "next"));
  expect(await names()).toEqual(["next", "one"]);
});

test.each<[string, (tx: OwnTransaction) => Promise<unknown>[], RegExp]>([
  ["at the server", (tx) => [beat(tx, "lost"), beat(tx, "lost")], /duplicate key/],
  ["before it is sent", (tx) => [beat(tx, "lost"), Promise.reject(new Error("no such shape"))], /no such shape/],
  ["at the server, where nobody cares", (tx) => [beat(tx, "lost"), beat(tx, "lost").catch(() => {})], /had failed/],
  [
    "deep in other work, before it is sent",
    (tx) => [beat(tx, "lost"), soon().then(() => Promise.reject(new Error("no such shape")))],
    /no such shape/,
  ],
])("a statement that fails %s takes everything back that such a commit was to keep", async (_case, begin, message) => {
  await expect(transact((tx) => tx.commit(begin(tx)))).rejects.toThrow(message);
  expect(await names()).toEqual([]);
  await transact((tx) => beat(tx, "next"));
  expect(await names()).toEqual(["next"]);
});

test("such a commit waits for a statement that comes out of other work", async () => {
  const [, late] = await transact((tx) => tx.commit([beat(tx, "one"), soon().then(() => beat(tx, "two"))]));
  expect(late).toEqual([]);
  expect(await names()).toEqual(["one", "two"]);
});

test("who keeps a failed commit to themselves still keeps nothing", async () => {
  const work = transact((tx) =>
    tx.commit([beat(tx, "lost"), Promise.reject(new Error("no such shape"))]).catch(() => {}),
  );
  await expect(work).rejects.toThrow("had failed");
  expect(await names()).toEqual([]);
});

test("a connection that breaks in the middle takes everything back and is not used again", async () => {
  const work = transact(async (tx) => {
    await beat(tx, "lost");
    const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await sql.$queryRaw`SELECT pg_terminate_backend(${own?.pid}::int)`;
    await beat(tx, "lost too");
  });
  await expect(work).rejects.toThrow();
  expect(await names()).toEqual([]);
  await Promise.all(Array.from({ length: 20 }, (_none, index) => transact((tx) => beat(tx, `after ${index}`))));
  expect(await names()).toHaveLength(20);
});

test(
  "a lock that nobody gives back is waited for no longer than 8 s, and a stopped process keeps none",
  { timeout: 60_000 },
  async () => {
    await beat(sql, "locked");
    const lock = (tx: Statements) => tx.$queryRaw`SELECT FROM heartbeats WHERE name = 'locked' FOR UPDATE`;
    const holder = await pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM heartbeats WHERE name = 'locked' FOR UPDATE");
    await expect(transact(lock)).rejects.toThrow(/statement timeout/);
    await holder.query("ROLLBACK");
    holder.release();

    let goOn = () => {};
    let stopped: Promise<void> | undefined;
    await new Promise<void>((hasLock) => {
      stopped = transact(async (tx) => {
        await lock(tx);
        hasLock();
        await new Promise<void>((resolve) => (goOn = resolve));
      });
    });
    await expect
      .poll(
        () =>
          transact(lock).then(
            () => "free",
            () => "held",
          ),
        { timeout: 30_000 },
      )
      .toBe("free");
    goOn();
    await expect(stopped).rejects.toThrow();
  },
);

test("who comes after the end of a transaction changes nothing", async () => {
  let late: Promise<unknown> | undefined;
  await expect(
    transact(async (tx) => {
      late = sql.$queryRaw`SELECT pg_sleep(0.2)`.then(() => beat(tx, "late"));
      late.catch(() => {});
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  await expect(late).rejects.toThrow("the transaction is over");
  expect(await names()).toEqual([]);
});

test("Prisma's transactions take the same statements", async () => {
  await db.$transaction((tx) => beat(tx, "Prisma's"));
  expect(await names()).toEqual(["Prisma's"]);
});

test("dates and big numbers come back as they went in, in any time zone", async () => {
  const at = new Date("2026-03-29T01:30:00.123Z");
  const [row] = await sql.$queryRaw<object[]>`
    SELECT ${at}::timestamptz AS at, ${9_007_199_254_740_993n}::bigint AS big, ${["a,b", "{c}"]}::text[] AS list, ${null}::uuid AS nothing`;
  expect(row).toEqual({ at, big: 9_007_199_254_740_993n, list: ["a,b", "{c}"], nothing: null });
});
