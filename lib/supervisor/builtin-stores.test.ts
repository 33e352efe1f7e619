import { beforeAll, expect, test } from "vitest";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { acceptStore } from "@/lib/regions/mutations";
import { planStores } from "@/lib/supervisor/builtin-stores";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject } from "@/testing/factories/people";

const STORE = "0b0e2f2e-4a5a-4a8e-9d0e-1c2d3e4f5a6b";
const ADMIN = { adminUrl: "http://127.0.0.1:9002" };

beforeAll(() => startTestDatabase());

async function addRegion(name: string, settings: object, provider = "builtin"): Promise<string> {
  const endpoint = "http://127.0.0.1:9000";
  const data = { name, provider, endpoint, signingRegion: `${name}-1`, gateways: [], settings };
  return (await db.region.create({ data })).id;
}

async function addPrincipal(regionId: string): Promise<void> {
  const { id: projectId } = await makeProject(db);
  await db.principal.create({ data: { projectId, regionId, externalId: `lk-${projectId}` } });
}

const settingsOf = async (name: string) => (await db.region.findUniqueOrThrow({ where: { name } })).settings;

test("a region without projects takes any store, and forgets the one that it had", async () => {
  await addRegion("new", ADMIN);
  await addRegion("unused", { ...ADMIN, store: STORE });
  expect(await planStores(db)).toEqual({});
  expect(await settingsOf("unused")).toEqual(ADMIN);
});

test("a region with projects wants its store, and some data before its store is known", async () => {
  await addPrincipal(await addRegion("checked", { ...ADMIN, store: STORE }));
  await addPrincipal(await addRegion("unchecked", ADMIN));
  await addPrincipal(await addRegion("ceph", {}, "ceph-rgw"));
  expect(await planStores(db)).toEqual({ checked: STORE, unchecked: "data" });
  expect(await settingsOf("checked")).toEqual({ ...ADMIN, store: STORE });
});

test("an accepted loss takes any store, and is only for a built-in server", async () => {
  await withTransaction((tx) => acceptStore(tx, SYSTEM_ACTOR, "checked"));
  expect(await planStores(db)).toEqual({ checked: "any", unchecked: "data" });
  const accept = (name: string) => withTransaction((tx) => acceptStore(tx, SYSTEM_ACTOR, name));
  await expect(accept("ceph")).rejects.toMatchObject({ code: "BAD_INPUT" });
  await expect(accept("nowhere")).rejects.toMatchObject({ code: "NOT_FOUND" });
});
