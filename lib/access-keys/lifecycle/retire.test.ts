import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { listDueRetirements } from "@/lib/access-keys/data";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { retireDueKey, retireKey } from "@/lib/access-keys/lifecycle/retire";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { probeS3 } from "@/lib/providers/probe";
import { asIssued, decideEnd, type Issued, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";

const HOUR = 3_600;
let storage: Storage;
let scope: ProjectScope;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
});

async function regenerate(overlapSeconds: number | null): Promise<{ issued: Issued; revoking: string[] }> {
  const issued = asIssued(await requestKey(scope, "north", "REGENERATE", randomUUID(), null, overlapSeconds));
  const committed = await commitKey(scope, issued.change.operationId);
  if (!committed.ok) throw new Error(committed.reason);
  return { issued, revoking: committed.revoking };
}
const retire = (keepSeconds: number | null, requestId: string = randomUUID()) =>
  retireKey({ scope, region: "north", slot: DEFAULT_SLOT, requestId, keepSeconds });
const keyOf = ({ change }: Issued) => db.accessKey.findUniqueOrThrow({ where: { id: change.keyId } });
const ask = ({ change, secret }: Issued) =>
  probeS3(
    { name: "north", endpoint: change.region.endpoint },
    change.region.signingRegion,
    change.accessKeyId,
    secret,
    {
      signal: AbortSignal.timeout(10_000),
      requestId: randomUUID(),
    },
  );
const endOverlap = (issued: Issued) =>
  db.accessKey.update({ where: { id: issued.change.keyId }, data: { retiresAt: new Date(Date.now() - 1_000) } });

test("both keys work until the old one's time, and several workers end it once", async () => {
  const old = await makeKey(scope, "north");
  const { issued, revoking } = await regenerate(HOUR);
  expect(revoking).toEqual([]);
  expect([await ask(old), await ask(issued)]).toEqual(["accepted", "accepted"]);
  const { retiresAt } = await keyOf(old);
  const card = await loadCard(scope, "north");
  expect(card).toMatchObject({
    state: "ACTIVE",
    key: { accessKeyId: issued.change.accessKeyId },
    retiring: { accessKeyId: old.change.accessKeyId, until: retiresAt?.toISOString() },
  });
  await retireDueKey(old.change.keyId);
  expect((await keyOf(old)).state).toBe("RETIRING");
  await endOverlap(old);
  expect(await listDueRetirements(BEFORE_ALL_IDS, 1_000)).toContain(old.change.keyId);
  await Promise.all([1, 2, 3].map(() => retireDueKey(old.change.keyId)));
  expect(await keyOf(old)).toMatchObject({ state: "REVOKING", endReason: "retired", endedById: null });
  await revokeKey(old.change.keyId);
  expect([await ask(old), await ask(issued)]).toEqual(["refused-unknown", "accepted"]);
  const where = { keyId: old.change.keyId, event: "key.revoking" };
  expect(await db.auditEvent.count({ where })).toBe(1);
});

test("the overlap never outlives the old key's own date", async () => {
  const old = await makeKey(scope, "north");
  const date = new Date(Date.now() + 600_000);
  await db.accessKey.update({ where: { id: old.change.keyId }, data: { expiresAt: date } });
  await regenerate(HOUR);
  expect((await keyOf(old)).retiresAt).toEqual(date);
  expect(await retire(7 * 24 * HOUR)).toMatchObject({ ok: true });
  expect((await keyOf(old)).retiresAt).toEqual(date);
});

test("an old key whose own date has passed is not kept longer, and nothing is changed", async () => {
  const old = await makeKey(scope, "north");
  await regenerate(HOUR);
  const past = new Date(Date.now() - 1_000);
  const { retiresAt } = await db.accessKey.update({
    where: { id: old.change.keyId },
    data: { expiresAt: past, retiresAt: past },
  });
  const refused = await retire(HOUR);
  expect(refused).toMatchObject({ ok: false, reason: "old-key-expired" });
  expect(refused.message).toMatch(/^The old key's own expiration date has passed/);
  expect(await keyOf(old)).toMatchObject({ state: "RETIRING", retiresAt });
  expect(await db.operation.count({ where: { keyId: old.change.keyId, kind: "KEEP_LONGER" } })).toBe(0);
  expect(await retire(null)).toMatchObject({ ok: true, revoking: [old.change.keyId] });
});

test("retire now ends it, twice is told, and keep longer moves the time", async () => {
  const old = await makeKey(scope, "north");
  await regenerate(HOUR);
  const before = (await keyOf(old)).retiresAt?.getTime() ?? 0;
  expect(await retire(24 * HOUR)).toMatchObject({ ok: true, outcome: "done" });
  expect((await keyOf(old)).retiresAt?.getTime()).toBeGreaterThan(before + 22 * HOUR * 1_000);
  const requestId = randomUUID();
  const ended = await retire(null, requestId);
  expect(ended).toMatchObject({ ok: true, outcome: "done", revoking: [old.change.keyId] });
  expect(await retire(null, requestId)).toMatchObject({ outcome: "already-done" });
  expect(await retire(HOUR, requestId)).toMatchObject({ reason: "request-reused" });
  expect(await retire(null)).toMatchObject({ ok: false, reason: "not-retiring" });
  await revokeKey(old.change.keyId);
  expect(await ask(old)).toBe("refused-unknown");
});

test("a second rotation ends the key that is still kept, and keeps the newer one", async () => {
  const first = await makeKey(scope, "north");
  const { issued: second } = await regenerate(HOUR);
  const { issued: third, revoking } = await regenerate(HOUR);
  expect(revoking).toEqual([first.change.keyId]);
  expect((await keyOf(second)).state).toBe("RETIRING");
  expect([await ask(second), await ask(third)]).toEqual(["accepted", "accepted"]);
  const { issued: fourth, revoking: replaced } = await regenerate(null);
  expect(replaced).toEqual([third.change.keyId]);
  expect((await keyOf(second)).state).toBe("RETIRING");
  expect(await ask(fourth)).toBe("accepted");
});

test("disable ends the new key and the old one", async () => {
  const old = await makeKey(scope, "north");
  const { issued } = await regenerate(HOUR);
  const { revoking } = await decideEnd(scope, "north");
  expect(revoking.sort()).toEqual([old.change.keyId, issued.change.keyId].sort());
});

test("a key that is switched off or expired is not kept", async () => {
  const old = await makeKey(scope, "north");
  await db.accessKey.update({ where: { id: old.change.keyId }, data: { state: "INACTIVE" } });
  expect((await regenerate(HOUR)).revoking).toEqual([old.change.keyId]);
});
