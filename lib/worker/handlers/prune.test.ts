import { beforeAll, expect, test } from "vitest";
import { db } from "@/lib/platform/db/client";
import { handlePrune } from "@/lib/worker/handlers/prune";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeUser } from "@/testing/factories/people";

const NOW = new Date("2026-11-28T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 60 * 60 * 1_000);

beforeAll(() => startTestDatabase());

test("sessions that ended long ago are deleted, batch after batch, and no others", async () => {
  const { userId } = await makeUser(db, "Mia");
  const { id: kept } = await db.session.create({ data: { userId, expiresAt: daysAgo(29) } });
  const { id: live } = await db.session.create({ data: { userId, expiresAt: new Date(NOW.getTime() + 1) } });
  await db.session.createMany({
    data: Array.from({ length: 5 }, () => ({ userId, expiresAt: daysAgo(31), revokedAt: daysAgo(31) })),
  });
  await handlePrune({}, NOW, 2);
  const left = await db.session.findMany({ where: { userId } });
  expect(left.map(({ id }) => id).sort()).toEqual([kept, live].sort());
});

test("old counts of refused sign-ins are deleted", async () => {
  const row = (days: number) => ({ minute: daysAgo(days), account: "mia", network: "192.0.2.1", count: 9 });
  await db.refusedSignIns.createMany({ data: [row(29), row(31), row(32), row(33)] });
  await handlePrune({}, NOW, 2);
  expect((await db.refusedSignIns.findMany()).map(({ minute }) => minute)).toEqual([daysAgo(29)]);
});
