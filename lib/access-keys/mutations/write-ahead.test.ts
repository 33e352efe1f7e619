import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { insertKey, moveKey } from "@/lib/access-keys/data";
import { writeAhead } from "@/lib/access-keys/mutations/write-ahead";
import { startTestDatabase } from "@/lib/database/test-database";
import { authorizeProject } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db";
import { createId } from "@/lib/platform/create-id";
import { transact } from "@/lib/platform/sql";
import { lockPrincipal } from "@/lib/principals/data";
import { makeProject, makeUser } from "@/prisma/factories/people";

beforeAll(() => startTestDatabase());

test("a key that somebody makes together with the principal, while that is waited for, is seen", async () => {
  const mia = await makeUser(db, "Mia");
  const scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
  const { projectId } = scope;
  const place = { name: "west", endpoint: "http://127.0.0.1:9", signingRegion: "west" };
  const region = await db.region.create({ data: { ...place, provider: "builtin", settings: {} } });
  let writing: ReturnType<typeof writeAhead> | undefined;
  await transact(async (tx) => {
    const principal = await lockPrincipal(tx, projectId, region.name);
    expect(principal.isNew).toBe(true);
    writing = writeAhead({ kind: "ENABLE", scope, region: region.name, requestId: randomUUID() });
    await expect.poll(countWaiting, { timeout: 30_000 }).toBe(1);
    const key = { id: createId(), projectId, regionId: region.id, principalId: principal.id, accessKeyId: `LK${randomUUID()}`, createdById: mia.userId };
    await insertKey(tx, key);
    for (const event of ["issue", "acknowledge"] as const) expect(await moveKey(tx, key.id, event)).toBe(true);
  });
  expect(await writing).toMatchObject({ outcome: "refused", reason: "already-enabled" });
  expect(await db.accessKey.count({ where: { projectId } })).toBe(1);
});

/** How many statements wait for somebody's lock. */
async function countWaiting(): Promise<number> {
  const waiting = await db.$queryRaw<unknown[]>`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return waiting.length;
}
