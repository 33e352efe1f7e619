import { beforeAll, expect, test, vi } from "vitest";
import { ROUNDS, type RoundValues } from "@/e2e/bench/scale/statements";
import { db, pool } from "@/lib/platform/db/client";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { listPrincipalsToSweep } from "@/lib/principals/data";
import { handlePrune } from "@/lib/worker/handlers/prune";
import { handleReconcile } from "@/lib/worker/handlers/reconcile";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject } from "@/testing/factories/people";

const PRINCIPALS = 3;

let values: RoundValues;

beforeAll(async () => {
  await startTestDatabase();
  const region = await db.region.create({
    data: { name: "r", provider: "builtin", endpoint: "http://127.0.0.1:9", signingRegion: "r", settings: {} },
  });
  for (let index = 0; index < PRINCIPALS; index += 1) {
    const { id: projectId } = await makeProject(db, []);
    await db.principal.create({ data: { projectId, regionId: region.id, externalId: projectId } });
  }
  const principals = (await db.principal.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id);
  values = { now: new Date(), before: BEFORE_ALL_IDS, daysAgo: () => new Date(), principals };
});

async function recordSql(work: () => Promise<unknown>): Promise<string[]> {
  const sent = vi.spyOn(pool, "query");
  await work();
  const texts = sent.mock.calls.map(([query]) => (query as unknown as { text: string }).text);
  sent.mockRestore();
  return texts;
}

test.each<[keyof typeof ROUNDS, () => Promise<unknown>]>([
  ["a look for what is unfinished", () => handleReconcile()],
  ["a look for what to sweep", () => listPrincipalsToSweep(30, BEFORE_ALL_IDS, 200)],
  ["deleting what is kept for a time", () => handlePrune({})],
])("the benchmark measures the statements of %s", async (name, work) => {
  const sent = await recordSql(work);
  expect(sent.sort()).toEqual(
    ROUNDS[name](values)
      .map(({ text }) => text)
      .sort(),
  );
});
