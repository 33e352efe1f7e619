import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject } from "@/testing/factories/people";
import { db, pool, SERVER_LIMITS } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";

beforeAll(startTestDatabase);
beforeEach(() => vi.restoreAllMocks());

/** The SQL that Prisma sends outside transactions while `work` runs. */
async function recordSql(work: () => Promise<unknown>): Promise<string[]> {
  const sent = vi.spyOn(pool, "query");
  await work();
  return sent.mock.calls.map(([query]) => (query as unknown as { text: string }).text);
}

test("the pool sets statement_timeout, lock_timeout and idle_in_transaction_session_timeout", async () => {
  const shown: Record<string, number> = {};
  for (const name of Object.keys(SERVER_LIMITS)) {
    const [row] = await db.$queryRaw<{ ms: number }[]>`
      SELECT setting::int AS ms FROM pg_settings WHERE name = ${name}`;
    shown[name] = row?.ms ?? 0;
  }
  expect(shown).toEqual(SERVER_LIMITS);
});

test("times are the database's: no time of the application is sent for a default", async () => {
  const statements = await recordSql(() => db.project.create({ data: { slug: "clock", name: "Clock" } }));
  const inserts = statements.filter((text) => text.startsWith("INSERT"));
  expect(inserts).toHaveLength(1);
  const [columns] = (inserts[0] ?? "").split("VALUES");
  expect(columns).not.toContain("created_at");
  const { createdAt } = await db.project.findUniqueOrThrow({ where: { slug: "clock" } });
  expect(createdAt.getTime()).toBeLessThanOrEqual((await readDatabaseClock(db)).getTime());
});

test("a guard with a relation filter becomes an EXISTS that locks nothing", async () => {
  const { id } = await makeProject(db, []);
  const region = await db.region.create({
    data: { name: "r", provider: "builtin", endpoint: "http://127.0.0.1:9", signingRegion: "r", settings: {} },
  });
  const principal = await db.principal.create({ data: { projectId: id, regionId: region.id, externalId: "p" } });
  await db.$transaction(async (tx) => {
    await lockRow(tx, "principals", principal.id, "update");
    await tx.principal.update({ where: { id: principal.id }, data: { fence: 1n } });
    // Another connection changes the project by a filter on the locked row: it does not wait, and sees the old fence.
    const guarded = await db.project.updateMany({
      where: { id, principals: { some: { fence: 0n } } },
      data: { name: "changed" },
    });
    expect(guarded.count).toBe(1);
  });
});

test("a take inside an include reads every child row", async () => {
  const nested = await recordSql(() =>
    db.project.findMany({ take: 1, include: { memberships: { take: 1, orderBy: { createdAt: "desc" } } } }),
  );
  const children = nested.filter((text) => text.includes('"memberships"'));
  expect(children).toHaveLength(1);
  expect(children[0]).not.toContain("LIMIT");
  const top = await recordSql(() => db.membership.findMany({ take: 1, orderBy: { createdAt: "desc" } }));
  expect(top[0]).toContain("LIMIT");
});
