import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db, type Transaction } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { ensurePrincipal, lockPrincipal } from "@/lib/principals/data";
import { endLease, type Lease, noteSuspension, prolongSuspension, withLease } from "@/lib/principals/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const WITHIN = { timeout: 30_000, interval: 10 };

let storage: Storage;
let principalId: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const { id: projectId } = await makeProject(db, []);
  const region = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  principalId = (await ensurePrincipal(projectId, region.id)).id;
});

const readPrincipal = () => db.principal.findUniqueOrThrow({ where: { id: principalId } });
const go = { begin: async () => ({ ok: true as const, write: async () => undefined }) };

/** Holds the lease until `release` is called. */
async function holdLease(): Promise<{ lease: Lease; release: () => void; over: Promise<unknown> }> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let over: Promise<unknown> = Promise.resolve();
  const lease = await new Promise<Lease>((resolve, reject) => {
    over = withLease(principalId, "Mia", go, async (held) => {
      resolve(held);
      await released;
    });
    over.catch(reject);
  });
  return { lease, release, over };
}

/** The lease passes to another. */
const passOn = () => db.$transaction(async (tx) => endLease(tx, (await lockPrincipal(tx, principalId)).principal));

/** Does something in the database with a connection of its own. */
async function query(text: string): Promise<void> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query(text);
  await client.end();
}

describe("a lease", () => {
  test("is held while the work goes on, and free after it", async () => {
    const { lease, release, over } = await holdLease();
    expect(await lease.isHeld()).toBe(true);
    expect(await readPrincipal()).toMatchObject({ fence: 1n, leaseLabel: "Mia", leaseUntil: expect.any(Date) });
    release();
    await over;
    expect(await readPrincipal()).toMatchObject({ fence: 1n, leaseLabel: null, leaseUntil: null });
    expect(await lease.isHeld()).toBe(false);
  });

  test("is released when the work fails", async () => {
    const failing = withLease(principalId, "Mia", go, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect((await readPrincipal()).leaseUntil).toBeNull();
  });

  test("does not outlive a pre-emption, and the release of the old holder does not free the new one's", async () => {
    const { lease, release, over } = await holdLease();
    await passOn();
    expect(await lease.isHeld()).toBe(false);
    expect(await db.$transaction((tx) => lease.lock(tx))).toBeUndefined();
    const next = await holdLease();
    release();
    await over;
    expect(await next.lease.isHeld()).toBe(true);
    next.release();
    await next.over;
  });

  test("that another holds is waited for, and then the caller reads who holds it", async () => {
    const { release, over } = await holdLease();
    const refused = await withLease(principalId, "Max", go, async () => "done");
    expect(refused).toEqual({ lease: "locked", holder: "Mia" });
    const waiting = withLease(principalId, "Max", go, async () => "done");
    release();
    await over;
    expect(await waiting).toEqual({ lease: "taken", result: "done" });
  });

  test("that has run out is taken by the next", async () => {
    const { lease, release, over } = await holdLease();
    await db.principal.update({ where: { id: principalId }, data: { leaseUntil: new Date(Date.now() - 1_000) } });
    expect(await lease.isHeld()).toBe(false);
    const taken = await withLease(principalId, "Max", go, async ({ fence }) => fence);
    expect(taken).toEqual({ lease: "taken", result: 2n });
    release();
    await over;
  });
});

describe("what begins under a lease", () => {
  const note = (label: string) => ({
    begin: async (tx: Transaction) => ({
      ok: true as const,
      write: () => tx.heartbeat.create({ data: { name: `${principalId} ${label}`, at: new Date() } }),
    }),
  });
  const noted = () => db.heartbeat.count({ where: { name: { startsWith: principalId } } });

  test("is written in the transaction that takes the lease", async () => {
    expect(await withLease(principalId, "Mia", note("a"), noted)).toEqual({ lease: "taken", result: 1 });
  });

  test("is not written while another holds the lease", async () => {
    const { release, over } = await holdLease();
    const refused = await withLease(principalId, "Max", note("a"), async () => "done");
    expect(refused).toMatchObject({ lease: "locked" });
    expect(await noted()).toBe(0);
    release();
    await over;
  });

  test("takes no lease when it refuses or throws", async () => {
    const refused = await withLease(
      principalId,
      "Mia",
      { begin: async () => ({ ok: false as const, refused: "no" }) },
      async () => "done",
    );
    expect(refused).toEqual({ lease: "refused", refused: "no" });
    const throwing = { begin: () => Promise.reject(new Error("a bug")) };
    await expect(withLease(principalId, "Mia", throwing, async () => "done")).rejects.toThrow("a bug");
    expect(await readPrincipal()).toMatchObject({ fence: 0n, leaseUntil: null });
  });

  test("is authorised before the principal is locked", async () => {
    const order: string[] = [];
    const options = {
      authorize: async () => void order.push("authorize"),
      begin: async () => {
        order.push("begin");
        return { ok: true as const, write: async () => void order.push("write") };
      },
    };
    await withLease(principalId, "Mia", options, async () => "done");
    expect(order).toEqual(["authorize", "begin", "write"]);
  });
});

test("whoever was paused until the answer had come does not believe that the lease still stands", async () => {
  const { lease, release, over } = await holdLease();
  const passesOn = query(`
    BEGIN; LOCK TABLE principals IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(0.5); COMMIT;
    SELECT pg_sleep(0.5); UPDATE principals SET fence = fence + 1 WHERE id = '${lease.principalId}'`);
  await vi.waitFor(() => expectLocks(true), WITHIN);
  const asked = lease.isHeld();
  await vi.waitFor(() => expectLocks(false), WITHIN);
  // While this process stands still the answer comes, and half a second later the lease passes to another.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  expect(await asked).toBe(false);
  await passesOn;
  release();
  await over;
});

describe("a suspension", () => {
  const past = new Date("2026-01-01T00:00:00Z");
  const future = new Date("2126-01-01T00:00:00Z");

  test("that is noted under a lease never ends earlier than one that is there", async () => {
    const { lease, release, over } = await holdLease();
    expect(await noteSuspension(lease, future)).toEqual({ before: null });
    expect(await noteSuspension(lease, past)).toEqual({ before: future });
    expect((await readPrincipal()).suspendedUntil).toEqual(future);
    await passOn();
    expect(await noteSuspension(lease, past)).toBeUndefined();
    release();
    await over;
  });

  test("is prolonged where there is one, and begun by nobody", async () => {
    const prolong = () => db.$transaction((tx) => prolongSuspension(tx, principalId, 60_000));
    expect(await prolong()).toMatchObject({ suspendedUntil: null });
    await db.principal.update({ where: { id: principalId }, data: { suspendedUntil: past } });
    const { now, suspendedUntil } = await prolong();
    expect(suspendedUntil?.getTime()).toBe(now.getTime() + 60_000);
    await db.principal.update({ where: { id: principalId }, data: { suspendedUntil: future } });
    expect(await prolong()).toMatchObject({ suspendedUntil: future });
  });
});

/** That the table of the leases is locked, or with false that somebody waits for the lock. */
async function expectLocks(granted: boolean): Promise<void> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_locks WHERE relation = 'principals'::regclass AND granted = ${granted} AND (NOT granted OR mode = 'AccessExclusiveLock')`;
  expect(rows).toHaveLength(1);
}

test("when many want the principal's row and its lock does not come in time, the lease counts as held", async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query("BEGIN");
  await client.query("SELECT id FROM principals WHERE id = $1 FOR UPDATE", [principalId]);
  const refused = await withLease(principalId, "Mia", go, async () => "done");
  expect(refused).toEqual({ lease: "locked", holder: undefined });
  await client.query("ROLLBACK");
  await client.end();
});
