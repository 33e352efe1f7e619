import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { createDatabase, db, pool, SERVER_LIMITS, type Transaction } from "@/lib/platform/db/client";
import { lockName, lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";

beforeAll(startTestDatabase);
beforeEach(() => db.heartbeat.deleteMany());

const beat = (tx: Transaction, name: string) => tx.heartbeat.create({ data: { name, at: new Date() } });
const names = async () => (await db.heartbeat.findMany({ orderBy: { name: "asc" } })).map(({ name }) => name);
const makeProjectRow = (slug: string) => db.project.create({ data: { slug, name: slug }, select: { id: true } });

/** A promise, and the function that resolves it. */
function signal(): { reached: Promise<void>; reach: () => void } {
  let reach = () => {};
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { reached, reach };
}

test("whatever the work throws takes everything back", async () => {
  const failing = withTransaction(async (tx) => {
    await beat(tx, "lost");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await names()).toEqual([]);
  await withTransaction((tx) => beat(tx, "kept"));
  expect(await names()).toEqual(["kept"]);
});

test("a transaction that swallows a database error resolves, and keeps nothing", async () => {
  await beat(db, "there");
  await withTransaction(async (tx) => {
    await beat(tx, "lost");
    await beat(tx, "there").catch(() => {});
  });
  expect(await names()).toEqual(["there"]);
});

test("a deadlock begins the whole work anew, and both get through", async () => {
  const one = await makeProjectRow("deadlock-1");
  const two = await makeProjectRow("deadlock-2");
  const hasFirst = [signal(), signal()] as const;
  let attempts = 0;
  const lockBoth = async (own: number, first: string, second: string) =>
    withTransaction(async (tx) => {
      attempts += 1;
      await lockRow(tx, "projects", first, "update");
      hasFirst[own]?.reach();
      await hasFirst[1 - own]?.reached;
      await lockRow(tx, "projects", second, "update");
    });
  await Promise.all([lockBoth(0, one.id, two.id), lockBoth(1, two.id, one.id)]);
  expect(attempts).toBeGreaterThan(2);
});

test("a lock that nobody gives back ends as UNAVAILABLE: lock_timeout ends the wait, Prisma's timeout does not", async () => {
  const { id } = await makeProjectRow("locked");
  const held = signal();
  const over = signal();
  const holding = holdLock(id, held.reach, over.reached);
  await held.reached;
  const waiting = withTransaction((tx) => lockRow(tx, "projects", id, "update"), { timeoutMs: 1_000 });
  await expect(waiting).rejects.toMatchObject({
    code: "UNAVAILABLE",
    cause: { message: expect.stringContaining("lock timeout") },
  });
  over.reach();
  await holding;
});

/** Holds a row's lock on a connection that no limit of ours ends. */
async function holdLock(id: string, hasLock: () => void, over: Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SET idle_in_transaction_session_timeout = 0; BEGIN");
    await client.query("SELECT id FROM projects WHERE id = $1 FOR UPDATE", [id]);
    hasLock();
    await over;
    await client.query("ROLLBACK");
  } finally {
    client.release(true);
  }
}

test("a connection that breaks in the middle ends as UNAVAILABLE, keeps nothing, and is not used again", async () => {
  const broken = withTransaction(async (tx) => {
    await beat(tx, "lost");
    const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await db.$queryRaw`SELECT pg_terminate_backend(${own?.pid}::int)`;
    await beat(tx, "lost too");
  });
  await expect(broken).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await names()).toEqual([]);
  for (let turn = 0; turn < 20; turn += 1) await withTransaction((tx) => beat(tx, `after ${turn}`));
  expect(await names()).toHaveLength(20);
});

test("a server that cannot be reached ends as UNAVAILABLE", async () => {
  const client = createDatabase("postgresql://nobody:nothing@127.0.0.1:1/none");
  onTestFinished(() => client.$disconnect());
  await expect(withTransaction((tx) => beat(tx, "lost"), { client })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a rejected transaction does not prove a rollback: the answer to COMMIT may be lost", async () => {
  const cut = await startCuttingProxy(process.env.DATABASE_URL ?? "");
  const client = createDatabase(cut.url);
  onTestFinished(async () => {
    await client.$disconnect().catch(() => {});
    await cut.close();
  });
  await expect(withTransaction((tx) => beat(tx, "kept"), { client })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await names()).toEqual(["kept"]);
});

/** A way to the database that breaks off when the server answers that it has committed. */
async function startCuttingProxy(url: string) {
  const { port, hostname } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    client.pipe(upstream);
    upstream.on("data", (part) => {
      if (part.includes("COMMIT\0")) client.destroy();
      else client.write(part);
    });
    client.on("close", () => upstream.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxied = new URL(url);
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

test("a process that is paused with SIGSTOP inside a transaction loses its locks", { timeout: 120_000 }, async () => {
  const { id } = await makeProjectRow("paused");
  const child = spawn(process.execPath, ["--input-type=module", "-e", LOCK_AND_WAIT], {
    env: { ...process.env, LOCK_ID: id, LIMITS: JSON.stringify(SERVER_LIMITS) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.kill("SIGSTOP");
  const takeLock = () =>
    withTransaction((tx) => lockRow(tx, "projects", id, "update")).then(
      () => "free",
      (error: { code?: string }) => error.code,
    );
  expect(await takeLock()).toBe("UNAVAILABLE");
  await expect.poll(takeLock, { timeout: 60_000 }).toBe("free");
});

/** Locks a row with the limits of our pool, says so, and does nothing more. */
const LOCK_AND_WAIT = `
  import pg from "pg";
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, ...JSON.parse(process.env.LIMITS) });
  client.on("error", () => {});
  await client.connect();
  await client.query("BEGIN");
  await client.query("SELECT id FROM projects WHERE id = $1 FOR UPDATE", [process.env.LOCK_ID]);
  console.log("locked");
  setInterval(() => {}, 1_000);
`;

test("of two who want the lock of a name, the second waits until the first's transaction is over", async () => {
  const order: string[] = [];
  const held = signal();
  const over = signal();
  const first = withTransaction(async (tx) => {
    await lockName(tx, "test");
    held.reach();
    await over.reached;
    order.push("first");
  });
  await held.reached;
  const second = withTransaction(async (tx) => {
    await lockName(tx, "test");
    order.push("second");
  });
  await expect.poll(countWaiting, { timeout: 30_000 }).toBe(1);
  over.reach();
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second"]);
});

async function countWaiting(): Promise<number> {
  const waiting = await db.$queryRaw<unknown[]>`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return waiting.length;
}
