import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { insertKey, moveKey } from "@/lib/access-keys/data";
import { writeAhead } from "@/lib/access-keys/issue/write-ahead";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject } from "@/lib/gate/scope";
import { insertOperation } from "@/lib/operations/mutations";
import { db } from "@/lib/platform/db/client";
import { createId } from "@/lib/platform/create-id";
import { type Statements, transact } from "@/lib/platform/sql";
import { lockPrincipal } from "@/lib/principals/data";
import { makeProject, makeUser } from "@/testing/factories/people";

beforeAll(async () => {
  await startTestDatabase();
  const place = { name: "west", endpoint: "http://127.0.0.1:9", signingRegion: "west" };
  await db.region.create({ data: { ...place, provider: "builtin", settings: {} } });
});

/** Enables for the first time while somebody else's transaction, which is waited for, makes the principal and `more`. */
async function enableBehind(more: (tx: Statements, facts: Facts) => Promise<void>) {
  const mia = await makeUser(db, "Mia");
  const scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
  const region = await db.region.findUniqueOrThrow({ where: { name: "west" } });
  const requestId = randomUUID();
  let writing: ReturnType<typeof writeAhead> | undefined;
  await transact(async (tx) => {
    const principal = await lockPrincipal(tx, scope.projectId, "west");
    expect(principal.isNew).toBe(true);
    writing = writeAhead({ kind: "ENABLE", scope, region: "west", requestId });
    await expect.poll(countWaiting, { timeout: 5_000 }).toBe(1);
    await more(tx, {
      owner: { projectId: scope.projectId, regionId: region.id, principalId: principal.id },
      userId: mia.userId,
      requestId,
    });
  });
  return writing;
}

interface Facts {
  owner: { projectId: string; regionId: string; principalId: string };
  userId: string;
  requestId: string;
}

test("a key that somebody makes together with the principal, while that is waited for, is seen", async () => {
  const enabled = await enableBehind(async (tx, { owner, userId }) => {
    const id = createId();
    await insertKey(tx, { ...owner, id, accessKeyId: `LK${randomUUID()}`, createdById: userId });
    // By several events at once only from where the first is allowed, and to where the last leads.
    expect(await moveKey(tx, id, ["acknowledge", "deactivate"])).toBe(false);
    expect(await moveKey(tx, id, ["issue", "acknowledge"])).toBe(true);
    expect(await moveKey(tx, id, ["issue", "acknowledge"])).toBe(false);
  });
  expect(enabled).toMatchObject({ outcome: "refused", reason: "already-enabled" });
});

test("so is the same request", async () => {
  const enabled = await enableBehind(async (tx, { owner, userId: actorId, requestId }) => {
    const over = { keyId: null, fence: 1n, dueAt: null, finishedAt: new Date() };
    await insertOperation(tx, {
      ...owner,
      ...over,
      id: createId(),
      kind: "DISABLE",
      state: "DONE",
      actorId,
      requestId,
      inputHash: "another",
    });
  });
  expect(enabled).toMatchObject({ outcome: "refused", reason: "request-reused" });
});

/** How many statements wait for somebody's lock. */
async function countWaiting(): Promise<number> {
  const waiting = await db.$queryRaw<unknown[]>`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return waiting.length;
}
