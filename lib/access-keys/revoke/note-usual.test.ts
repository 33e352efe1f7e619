import { expect, test } from "vitest";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { noteUsual } from "@/lib/access-keys/revoke/note-usual";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { db, pool } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { credentialsContext } from "@/lib/regions/data";
import { countRowsRead } from "@/testing/database/rows-read";
import { makeKey } from "@/testing/factories/keys";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();
const loadUsual = async (region: string) => (await loadCard(project.scope, region)).region;

/** Makes a region of Ceph, whose gateways may keep a key for `cacheSeconds`. Nobody is asked there. */
async function makeCephRegion(name: string, cacheSeconds: number): Promise<string> {
  const settings = { adminUrl: "http://127.0.0.1:9", cacheSeconds };
  const facts = { name, provider: "ceph-rgw", endpoint: "http://127.0.0.1:9", signingRegion: name, settings };
  const { id } = await db.region.create({ data: { ...facts, disabledAt: new Date() } });
  const credentials = JSON.stringify({ accessKeyId: "A", secretAccessKey: "B" });
  const sealed = seal(credentials, parseMasterKey(env.LATCHKEY_MASTER_KEY), credentialsContext(id));
  await db.region.update({ where: { id }, data: { sealedCredentials: Uint8Array.from(sealed) } });
  return id;
}

interface Past {
  regionId: string;
  count: number;
  endReason: string;
  /** How long after the decision the gateway refused. Milliseconds. */
  afterMs: number;
  /** How long ago the keys ended. Minutes. */
  ago: number;
}

async function addPastKeys({ regionId, count, endReason, afterMs, ago }: Past): Promise<void> {
  const { userId } = project.mia;
  const { projectId } = project.scope;
  const principal = { projectId, regionId, externalId: `lk-${projectId}` };
  await db.principal.createMany({ data: [principal], skipDuplicates: true });
  const { id: principalId } = await db.principal.findUniqueOrThrow({
    where: { projectId_regionId: { projectId, regionId } },
  });
  const endedAt = new Date(Date.now() - ago * 60_000);
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  await db.accessKey.createMany({
    data: ids.map((id) => ({
      ...{ id, projectId, regionId, principalId, accessKeyId: id, state: "REVOKED" as const },
      ...{ createdById: userId, endedById: userId, endReason, endedAt, removedAt: endedAt },
    })),
  });
  await db.receipt.createMany({
    data: ids.map((keyId) => ({
      ...{ keyId, gateway: "g", endpoint: "http://g", sampled: false, removedAt: endedAt },
      firstRefusedAt: new Date(endedAt.getTime() + afterMs),
    })),
  });
}

test("replaced keys and ended access are told apart, by the last twenty of each; the setting is the bound", async () => {
  const regionId = await makeCephRegion("ceph", 300);
  await addPastKeys({ regionId, count: 30, endReason: "retired", afterMs: 900_000, ago: 60 });
  await addPastKeys({ regionId, count: 20, endReason: "regenerated", afterMs: 290_000, ago: 5 });
  await addPastKeys({ regionId, count: 3, endReason: "disabled", afterMs: 200, ago: 10 });
  await noteUsual();
  const usualRevocationSeconds = { replaced: 290, ended: 0.2 };
  expect(await loadUsual("ceph")).toMatchObject({ revocationBoundSeconds: 300, usualRevocationSeconds });
  const settings = { adminUrl: "http://127.0.0.1:9", cacheSeconds: 600 };
  await db.region.update({ where: { id: regionId }, data: { settings } });
  expect(await loadUsual("ceph")).toMatchObject({ revocationBoundSeconds: 600, usualRevocationSeconds });
});

test("however many keys have ended, it reads the last ones only, and writes nothing that stays the same", async () => {
  const regionId = await makeCephRegion("busy", 300);
  await addPastKeys({ regionId, count: 3_000, endReason: "regenerated", afterMs: 500, ago: 60 });
  await makeKey(project.scope, "north");
  await db.$executeRaw`ANALYZE access_keys, receipts`;
  await noteUsual();
  const { updates } = await countUpdates();
  expect(await countRowsRead(pool, noteUsual)).toBeLessThanOrEqual(200);
  expect((await countUpdates()).updates).toBe(updates);
  expect((await loadUsual("busy")).usualRevocationSeconds).toEqual({ replaced: 0.5, ended: null });
});

/** How often the rows of regions were written, by the version that PostgreSQL keeps of each. */
async function countUpdates(): Promise<{ updates: string }> {
  const rows = await db.$queryRaw<{ updates: string }[]>`SELECT string_agg(xmin::text, ',' ORDER BY id) AS updates
    FROM regions`;
  return { updates: rows[0]?.updates ?? "" };
}
