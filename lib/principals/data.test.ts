import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db, pool } from "@/lib/platform/db/client";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { env } from "@/lib/platform/env";
import { ensurePrincipal, listPrincipalsToSweep } from "@/lib/principals/data";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const DAYS = 30;
const PAST_KEYS = 5_000;

let storage: Storage;
let userId: string;
let regionId: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  ({ userId } = await makeUser(db, "Mia"));
  ({ id: regionId } = await db.region.findUniqueOrThrow({ where: { name: "north" } }));
});
afterAll(() => storage.stop());

/** A principal of a new project, with as many keys that ended so many days ago; null for current keys. */
async function makePrincipal(endedDaysAgo: number | null, keys: number): Promise<string> {
  const { id: projectId } = await makeProject(db, []);
  const { id } = await ensurePrincipal(projectId, regionId);
  const endedAt = endedDaysAgo === null ? null : new Date(Date.now() - endedDaysAgo * 24 * 60 * 60 * 1_000);
  await db.accessKey.createMany({
    data: Array.from({ length: keys }, () => ({
      projectId,
      regionId,
      principalId: id,
      accessKeyId: randomBytes(10).toString("hex").toUpperCase(),
      state: endedAt ? ("REVOKED" as const) : ("ACTIVE" as const),
      createdById: userId,
      endedAt,
    })),
  });
  return id;
}

async function listAll(atOnce: number): Promise<string[]> {
  const listed: string[] = [];
  for (let after: string | undefined = BEFORE_ALL_IDS; after !== undefined;) {
    const look = await listPrincipalsToSweep(DAYS, after, atOnce);
    listed.push(...look.ids);
    after = look.next;
  }
  return listed;
}

test("principals with a key that is current or ended lately are swept, and their past keys are not read", async () => {
  const current = await makePrincipal(null, 1);
  await makePrincipal(DAYS + 1, PAST_KEYS);
  await makePrincipal(null, 0);
  const ended = await makePrincipal(DAYS - 1, 3);
  const wanted = [current, ended].sort();
  for (const atOnce of [1, 2, 4, 100]) expect(await listAll(atOnce)).toEqual(wanted);
  await db.$executeRaw`ANALYZE access_keys`;
  expect(await countRowsRead(pool, () => listAll(100))).toBeLessThan(20);
});
