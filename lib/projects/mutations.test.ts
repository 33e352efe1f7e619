import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { loadProject } from "@/lib/projects/loaders";
import { addProject, changeProject } from "@/lib/projects/mutations";
import { loadOverview } from "@/lib/regions/loaders";
import { startTestDatabase } from "@/testing/database/test-database";
import { addNamedKey, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

let storage: Storage;
let pat: Actor;
let scope: ProjectScope;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  pat = await makeUser(db, "Pat", { platformRole: "platform-admin" });
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
});

const setRegions = (regions: string[] | null, former?: string[] | null) =>
  changeProject(pat, scope.slug, { kind: "set-regions", regions, former });
const readEvents = async (event: string) =>
  (await db.auditEvent.findMany({ where: { event, projectId: scope.projectId } })).map(({ data }) => data);
const allowedNow = async () => {
  const { restricted, regions } = await loadProject(scope.slug);
  return restricted ? regions.filter(({ allowed }) => allowed).map(({ name }) => name) : null;
};
const adjust = (kind: "ACTIVATE" | "DEACTIVATE") =>
  adjustKey({ scope, region: "south", slot: DEFAULT_SLOT, requestId: randomUUID(), adjustment: { kind } });

describe("the regions of a project", () => {
  test("are all, some or none, and each change is audited", async () => {
    expect(await allowedNow()).toBeNull();
    expect(await setRegions(["north"])).toMatchObject({ ok: true, outcome: "done" });
    expect(await allowedNow()).toEqual(["north"]);
    expect(await setRegions(["north"])).toMatchObject({ ok: true, outcome: "already-done" });
    expect(await setRegions([])).toMatchObject({ ok: true, outcome: "done" });
    expect(await allowedNow()).toEqual([]);
    expect(await setRegions(null)).toMatchObject({ ok: true, outcome: "done" });
    expect(await allowedNow()).toBeNull();
    expect(await readEvents("project.regions-set")).toEqual([
      { slug: scope.slug, regions: ["north"] },
      { slug: scope.slug, regions: [] },
      { slug: scope.slug, regions: null },
    ]);
  });

  test("are not changed to a region that is not there, or over the change of another admin", async () => {
    await setRegions(["north"]);
    expect(await setRegions(["north", "nowhere"])).toMatchObject({ ok: false, reason: "unknown-region" });
    expect(await setRegions([], null)).toMatchObject({ ok: false, reason: "changed-meanwhile" });
    expect(await allowedNow()).toEqual(["north"]);
    expect(await setRegions([], ["north"])).toMatchObject({ ok: true });
  });

  test("a closed region takes no new key in any way, and reads so; its keys work on and can be ended", async () => {
    expect((await loadOverview(scope)).map(({ service }) => service)).toEqual(["not-enabled", "not-enabled"]);
    await makeKey(scope, "south");
    await addNamedKey(scope, "south", "backup");
    expect((await loadProject(scope.slug)).regions).toContainEqual(
      expect.objectContaining({ name: "south", liveKeys: 2 }),
    );
    await setRegions(["north"]);
    expect(await requestKey(scope, "south", "REGENERATE")).toMatchObject({ ok: false, reason: "region-closed" });
    await expect(addNamedKey(scope, "south", "second")).rejects.toThrow("region-closed");
    expect(await requestKey(scope, "north")).toMatchObject({ ok: true });
    expect((await loadCard(scope, "south")).region.disabled).toBe(true);
    expect((await loadCard(scope, "north")).region.disabled).toBe(false);
    expect((await loadOverview(scope)).map(({ name, service }) => [name, service])).toEqual([
      ["north", "ok"],
      ["south", "closed"],
    ]);
    expect(await adjust("DEACTIVATE")).toMatchObject({ ok: true });
    expect(await adjust("ACTIVATE")).toMatchObject({ ok: false, reason: "region-closed" });
    const disable = { scope, region: "south", slot: DEFAULT_SLOT, requestId: randomUUID() };
    expect(await disableAccess(disable)).toMatchObject({ ok: true, outcome: "revoking" });
    expect(await requestKey(scope, "south")).toMatchObject({ ok: false, reason: "region-closed" });
    await setRegions(null);
    expect((await loadCard(scope, "south")).region.disabled).toBe(false);
  });

  test("a region that is closed between the check of the gate and the writing takes no key", async () => {
    // Another admin's change that is not committed: the request waits for it, and then sees what it says.
    const { id } = await db.region.findUniqueOrThrow({ where: { name: "north" } });
    let asked: ReturnType<typeof requestKey> | undefined;
    await withTransaction(async (tx) => {
      await lockRow(tx, "projects", scope.projectId, "update");
      await tx.project.update({ where: { id: scope.projectId }, data: { regionsRestricted: true } });
      asked = requestKey(scope, "north");
      await expect.poll(countWaiting, { timeout: 4_000 }).toBeGreaterThan(0);
    });
    expect(await asked).toMatchObject({ ok: false, reason: "region-closed" });
    expect(await db.accessKey.count({ where: { projectId: scope.projectId, regionId: id } })).toBe(0);
    expect(await db.operation.count({ where: { projectId: scope.projectId } })).toBe(0);
  });
});

const countWaiting = async () => {
  const [row] = await db.$queryRaw<{ waiting: bigint }[]>`
    SELECT count(*) AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  return Number(row?.waiting ?? 0);
};

test("a project is made, renamed, disabled and enabled; the same again changes nothing", async () => {
  const slug = `made-${randomUUID().slice(0, 8)}`;
  expect(await addProject(pat, { slug, name: "Made" })).toMatchObject({ ok: true, outcome: "done" });
  expect(await addProject(pat, { slug, name: "Other" })).toMatchObject({ ok: false, reason: "slug-taken" });
  const rename = () => changeProject(pat, slug, { kind: "rename", name: "Renamed" });
  expect([await rename(), await rename()]).toMatchObject([{ outcome: "done" }, { outcome: "already-done" }]);
  for (const disabled of [true, false]) {
    const change = () => changeProject(pat, slug, { kind: "switch", disabled });
    expect([await change(), await change()]).toMatchObject([{ outcome: "done" }, { outcome: "already-done" }]);
    expect((await loadProject(slug)).disabledAt !== null).toBe(disabled);
  }
  expect(await loadProject(slug)).toMatchObject({ name: "Renamed", members: 0, restricted: false });
  const events = await db.auditEvent.findMany({
    where: { actorId: pat.userId, data: { path: ["slug"], equals: slug } },
  });
  expect(events.map(({ event }) => event).sort()).toEqual([
    "project.changed",
    "project.created",
    "project.disabled",
    "project.enabled",
  ]);
});

test("of two that make the same project at once one does, and the other reads why not", async () => {
  const slug = `twice-${randomUUID().slice(0, 8)}`;
  const both = await Promise.all([addProject(pat, { slug, name: "One" }), addProject(pat, { slug, name: "Two" })]);
  expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  expect(await db.project.count({ where: { slug } })).toBe(1);
});

test("nothing is changed by whoever has no role for it any more, or in a project that is not there", async () => {
  const sue = await makeUser(db, "Sue", { platformRole: "support" });
  await db.user.update({ where: { id: sue.userId }, data: { platformRole: "platform-admin" } });
  const former = { ...sue, platformRole: "platform-admin" };
  expect(await changeProject(former, scope.slug, { kind: "set-regions", regions: ["north"] })).toMatchObject({
    ok: true,
  });
  await db.user.update({ where: { id: sue.userId }, data: { platformRole: "support" } });
  await expect(addProject(former, { slug: "never", name: "Never" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  for (const wish of [
    { kind: "rename", name: "X" },
    { kind: "switch", disabled: true },
    { kind: "set-regions", regions: null },
  ] as const)
    await expect(changeProject(former, scope.slug, wish)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await allowedNow()).toEqual(["north"]);
  expect(await db.project.count({ where: { slug: "never" } })).toBe(0);
  await expect(changeProject(pat, "nowhere", { kind: "rename", name: "X" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});
