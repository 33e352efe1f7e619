import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { lockPrincipal } from "@/lib/principals/data";
import { holdsLease, holdsNewLease, type Lease, renewLease, takeLease } from "@/lib/principals/mutations";
import { makeProject } from "@/testing/factories/people";
import { startStorage, type Storage } from "@/testing/factories/storage";

const WITHIN = { timeout: 10_000, interval: 10 };

let storage: Storage;
beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());

async function takeNewLease(): Promise<Lease> {
  const project = await makeProject(db, []);
  return db.$transaction(async (tx) => {
    const taken = await takeLease(tx, (await lockPrincipal(tx, project.id, "north")).id, "Mia");
    if (!taken.ok) throw new Error("somebody else has it");
    return taken.lease;
  });
}

/** Does something in the database with a connection of its own. */
async function query(text: string): Promise<void> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query(text);
  await client.end();
}

test("a lease stands until it passes to another", async () => {
  const lease = await takeNewLease();
  expect(await holdsLease(lease)).toBe(true);
  await takeLease(db, lease.principalId, "Max", { preempt: true });
  expect(await holdsLease(lease)).toBe(false);
});

test("only a lease that was taken or renewed a moment ago counts without being asked for", async () => {
  const before = performance.now();
  const taken = await takeNewLease();
  const renewed = await renewLease(db, taken);
  expect(taken.askedAt).toBeGreaterThan(before);
  expect(renewed.askedAt).toBeGreaterThan(taken.askedAt);
  await takeLease(db, taken.principalId, "Max", { preempt: true });
  // However slow the machine of this test is.
  const moment = performance.now() + 60_000;
  expect(await holdsNewLease({ ...renewed, askedAt: moment })).toBe(true);
  expect(await holdsNewLease({ ...renewed, askedAt: performance.now() - 51 })).toBe(false);
  expect(await holdsLease({ ...renewed, askedAt: moment })).toBe(false);
});

test("a lease that is renewed lasts anew, and not for whoever has lost it", async () => {
  const lease = await takeNewLease();
  const where = { id: lease.principalId };
  const endsIn = async () =>
    ((await db.principal.findUniqueOrThrow({ where })).leaseUntil?.getTime() ?? 0) - Date.now();
  await db.principal.update({ where, data: { leaseUntil: new Date(Date.now() + 2_000) } });
  await renewLease(db, { ...lease, fence: lease.fence - 1n });
  expect(await endsIn()).toBeLessThan(5_000);
  await renewLease(db, lease);
  expect(await endsIn()).toBeGreaterThan(20_000);
});

test("whoever was stopped until the answer had come does not believe that its lease stands still", async () => {
  const lease = await takeNewLease();
  const passesOn = query(`
    BEGIN; LOCK TABLE principals IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(0.5); COMMIT;
    SELECT pg_sleep(0.5); UPDATE principals SET fence = fence + 1 WHERE id = '${lease.principalId}'`);
  await vi.waitFor(() => expectLocks(true), WITHIN);
  const asked = holdsLease(lease);
  await vi.waitFor(() => expectLocks(false), WITHIN);
  // Meanwhile the answer comes, and half a second later the lease passes to another.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  expect(await asked).toBe(false);
  await passesOn;
});

/** That the table of the leases is locked, or with false that somebody waits for that. */
async function expectLocks(granted: boolean): Promise<void> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_locks WHERE relation = 'principals'::regclass AND granted = ${granted} AND (NOT granted OR mode = 'AccessExclusiveLock')`;
  expect(rows).toHaveLength(1);
}
