import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { loadKeyHistory } from "@/lib/access-keys/loaders/key-history";
import { loadKeyTable } from "@/lib/access-keys/loaders/key-table";
import { sampleKeys } from "@/lib/access-keys/repair/sample-keys";
import { sweepPrincipal } from "@/lib/access-keys/repair/sweep";
import { authorizeProject } from "@/lib/gate/scope";
import { loadHealth } from "@/lib/installation/loaders";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { checkRegions } from "@/lib/regions/mutations";
import { listRegions, loadOverview } from "@/lib/regions/loaders";
import { asIssued, type Issued, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject } from "@/testing/factories/people";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";
import { startStorage } from "@/testing/factories/storage";

const project = useProjectWithKeys();

beforeEach(async () => {
  // Each test sees its own keys only.
  await db.accessKey.updateMany({ where: { state: "ACTIVE" }, data: { state: "FAILED", missingSince: null } });
  await db.region.updateMany({ data: { sampledAfter: null } });
});

const sample = (pace: { next?: number; suspects?: number } = {}) => sampleKeys({ everyMs: 0, ...pace });
const missingSince = async ({ change }: Issued) =>
  (await db.accessKey.findUniqueOrThrow({ where: { id: change.keyId } })).missingSince;
const lose = ({ change }: Issued, principal = project.principal) =>
  project.storage.removeKeyDirectly("north", principal, change.accessKeyId);
const bringBack = ({ change, secret }: Issued, principal = project.principal) =>
  project.storage.putKeyDirectly("north", principal, change.accessKeyId, secret.reveal());
const countEvents = (event: string) => db.auditEvent.count({ where: { projectId: project.scope.projectId, event } });

/** A key of another project, whose principal has a name of its own. */
async function makeOtherKey(): Promise<{ issued: Issued; principal: string }> {
  const { id, slug } = await makeProject(db, [[project.mia, "member+"]]);
  const scope = await authorizeProject(project.mia, slug, "keys:issue");
  return { issued: await makeKey(scope, "north"), principal: `lk-${id}` };
}

test("a key that is gone is told everywhere, and so is its return", async () => {
  const issued = await project.makeKey();
  await checkRegions();
  await sample();
  expect(await missingSince(issued)).toBeNull();
  await lose(issued);
  await sample();
  await sample();

  const since = (await missingSince(issued))?.toISOString();
  expect(since).toEqual(expect.any(String));
  const seenBy = await authorizeProject(project.mia, project.scope.slug, "keys:read");
  expect((await loadCard(seenBy, "north")).key).toMatchObject({ missingSince: since });
  expect((await loadKeyTable(seenBy, {})).rows[0]).toMatchObject({ missingSince: since, state: "ACTIVE" });
  expect(await loadOverview(seenBy)).toMatchObject([{ missingKeys: 1 }, { missingKeys: 0 }]);
  expect((await listRegions({})).rows.find(({ name }) => name === "north")).toMatchObject({ missingKeys: 1 });
  const health = await loadHealth();
  expect(health.status).toBe("degraded");
  expect(health.regions).toMatchObject([
    { name: "north", state: "degraded", detail: "the storage system does not know 1 current key" },
    { name: "south", state: "ok" },
  ]);
  expect(await countEvents("key.missing-found")).toBe(1);

  await bringBack(issued);
  await sample();
  await sample();
  expect(await missingSince(issued)).toBeNull();
  expect((await loadCard(seenBy, "north")).key).toMatchObject({ missingSince: null });
  expect((await loadHealth()).regions).toMatchObject([{ state: "ok" }, { state: "ok" }]);
  const history = await loadKeyHistory(seenBy, issued.change.keyId);
  expect(history.map(({ sentence }) => sentence).slice(-2)).toEqual([
    `Latchkey did not find ${issued.change.accessKeyId} in north, although it is current.`,
    `Latchkey found ${issued.change.accessKeyId} in north again.`,
  ]);
});

describe("no proof of absence", () => {
  test.each(["refuse", "error", "garbage", "drop", "half"] as const)("a listing that ends with %s", async (what) => {
    const issued = await project.makeKey();
    await lose(issued);
    const fault = project.storage.admin.inject({
      match: (method, path) => method === "GET" && path.endsWith("/keys"),
      when: "before",
      what,
    });
    await sample();
    fault.release();
    expect(await missingSince(issued)).toBeNull();
    await sample();
    expect(await missingSince(issued)).toBeInstanceOf(Date);
  });

  test("a key that is replaced while its principal is listed", async () => {
    const issued = await project.makeKey();
    const held = project.storage.admin.inject({
      match: (method, path) => method === "GET" && path.endsWith(`${project.principal}/keys`),
      when: "after",
      what: "hold",
      times: 1,
    });
    await lose(issued);
    const round = sample();
    await held.reached;
    await db.accessKey.update({ where: { id: issued.change.keyId }, data: { state: "REVOKING" } });
    held.release();
    await round;
    expect(await missingSince(issued)).toBeNull();
  });
});

test("a key that ends is missed by nobody", async () => {
  const issued = await project.makeKey();
  await lose(issued);
  await sample();
  expect(await missingSince(issued)).toBeInstanceOf(Date);
  await project.disableFully();
  expect(await missingSince(issued)).toBeNull();
});

test("a sweep tells the same", async () => {
  const issued = await project.makeKey();
  await lose(issued);
  await sweepPrincipal(issued.change.principal.id);
  expect(await missingSince(issued)).toBeInstanceOf(Date);
  await bringBack(issued);
  await sweepPrincipal(issued.change.principal.id);
  expect(await missingSince(issued)).toBeNull();
});

test("a region is looked at once in its time, by whichever worker, and every principal has its turn", async () => {
  const others = [await makeOtherKey(), await makeOtherKey(), await makeOtherKey()];
  await db.region.updateMany({ data: { sampledAt: null } });
  await Promise.all(Array.from({ length: 4 }, () => sampleKeys({ everyMs: 60_000, next: 1 })));
  const { sampledAfter } = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  const first = await db.principal.findFirstOrThrow({ where: { region: { name: "north" } }, orderBy: { id: "asc" } });
  expect(sampledAfter).toBe(first.id);

  const last = others.at(-1);
  if (!last) throw new Error("there is no other key");
  await lose(last.issued, last.principal);
  const principals = await db.principal.count({ where: { region: { name: "north" } } });
  for (let round = 0; round < principals; round += 1) await sample({ next: 1 });
  expect(await missingSince(last.issued)).toBeInstanceOf(Date);
});

test("when a storage system lost everything, one round tells it for all projects, and its return too", async () => {
  const issued = [await project.makeKey()];
  for (let count = 0; count < 4; count += 1) issued.push((await makeOtherKey()).issued);
  const rows = await db.region.findMany();
  const empty = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  const principals = await db.principal.count({ where: { region: { name: "north" } } });
  // The first principals have no keys, or have lost theirs: what counts is that most were never looked at.
  for (let round = 0; round < principals && (await missingSince(issued[0] as Issued)) === null; round += 1)
    await sample({ next: 1, suspects: 1 });
  expect((await Promise.all(issued.map(missingSince))).every((since) => since instanceof Date)).toBe(true);

  for (const { id, endpoint, gateways, settings, sealedCredentials } of rows) {
    const data = { endpoint, gateways, settings: settings ?? {}, sealedCredentials };
    await db.region.update({ where: { id }, data });
  }
  await empty.stop();
  await sample({ next: 1, suspects: 1 });
  expect(await Promise.all(issued.map(missingSince))).toEqual(issued.map(() => null));
});

describe("the last use", () => {
  const keyOf = ({ change }: Issued) => db.accessKey.findUniqueOrThrow({ where: { id: change.keyId } });
  const told = { lastUsedAt: expect.any(String) as string, lastUsedAsOf: expect.any(String) as string };
  const untold = { lastUsedAt: null, lastUsedAsOf: null };
  const loadSeen = async () => loadCard(await authorizeProject(project.mia, project.scope.slug, "keys:read"), "north");

  test("a signed request is told on the card and in the table after the next round", async () => {
    const issued = await project.makeKey();
    expect((await loadSeen()).key).toMatchObject(untold);
    await sample();
    // The portal's own request, which verified the key, is nobody's use.
    expect((await loadSeen()).key).toMatchObject({ ...told, lastUsedAt: null });
    const before = Date.now();
    expect(await project.ask(issued)).toBe("accepted");
    await sample();
    const { key, region } = await loadSeen();
    expect(key).toMatchObject(told);
    expect(Date.parse(key?.lastUsedAt ?? "")).toBeGreaterThanOrEqual(before);
    expect(Date.parse(key?.lastUsedAsOf ?? "")).toBeGreaterThanOrEqual(Date.parse(key?.lastUsedAt ?? ""));
    expect(region.tellsLastUse).toBe(true);
    const seenBy = await authorizeProject(project.mia, project.scope.slug, "keys:read");
    expect((await loadKeyTable(seenBy, {})).rows[0]).toMatchObject(told);
  });

  test("that of the old key of an overlap is told since it was replaced", async () => {
    const old = await project.makeKey();
    await project.ask(old);
    const issued = asIssued(await requestKey(project.scope, "north", "REGENERATE", randomUUID(), null, 3_600));
    await commitKey(project.scope, issued.change.operationId);
    const since = (await keyOf(issued)).activatedAt ?? new Date(0);
    await sample();
    const { retiring } = await loadSeen();
    expect(retiring).toMatchObject({ ...told, accessKeyId: old.change.accessKeyId, since: since.toISOString() });
    expect(Date.parse(retiring?.lastUsedAt ?? "")).toBeLessThan(since.getTime());
    await project.ask(old);
    await sample();
    expect((await keyOf(old)).lastUsedAt?.getTime()).toBeGreaterThanOrEqual(since.getTime());
  });

  test("that of a key that is switched off is kept, and asked for", async () => {
    const issued = await project.makeKey();
    await project.ask(issued);
    await db.accessKey.update({ where: { id: issued.change.keyId }, data: { state: "INACTIVE" } });
    await sample();
    expect((await loadSeen()).key).toMatchObject(told);
    await db.accessKey.update({ where: { id: issued.change.keyId }, data: { state: "FAILED" } });
  });

  test("a round writes one statement for all keys, and one more for a key that was used", async () => {
    const issued = await project.makeKey();
    for (let count = 0; count < 3; count += 1) await makeOtherKey();
    await sample();
    const countUpdates = async () => {
      const sent = vi.spyOn(Client.prototype, "query");
      await sample();
      const texts = sent.mock.calls.map(([query]) => (query as unknown as { text?: string }).text ?? "");
      sent.mockRestore();
      return texts.filter((text) => text.startsWith('UPDATE "public"."access_keys"')).length;
    };
    expect(await countUpdates()).toBe(1);
    await project.ask(issued);
    expect(await countUpdates()).toBe(2);
  });

  test("a listing that fails takes nothing from those before it", async () => {
    const issued = await project.makeKey();
    // A round lists four principals at once: the fifth is never beside the first.
    let last = "";
    for (let count = 0; count < 4; count += 1) last = (await makeOtherKey()).principal;
    await project.ask(issued);
    const fault = project.storage.admin.inject({
      match: (method, path) => method === "GET" && path.endsWith(`${last}/keys`),
      when: "before",
      what: "error",
    });
    await sample();
    fault.release();
    expect(await keyOf(issued)).toMatchObject({ lastUsedAt: expect.any(Date) as Date });
  });
});

test("a round behind the last principal begins anew, so that as many principals as it holds are in each", async () => {
  const issued = await project.makeKey();
  const next = await db.principal.count({ where: { region: { name: "north" } } });
  await sample({ next });
  await lose(issued);
  await sample({ next });
  expect(await missingSince(issued)).toBeInstanceOf(Date);
});
