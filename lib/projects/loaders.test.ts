import { beforeAll, expect, test } from "vitest";
import { db, pool } from "@/lib/platform/db/client";
import { listProjects } from "@/lib/projects/loaders";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";

const OTHERS = 2_000;

beforeAll(() => startTestDatabase());

test("the list of projects counts the members of its own rows, and reads no others", async () => {
  await db.project.createMany({
    data: Array.from({ length: OTHERS }, (_none, index) => ({
      slug: `other-${index}`,
      name: `Other ${index}`,
      createdAt: new Date(Date.UTC(2026, 0, 1, 0, index)),
    })),
  });
  const mia = await makeUser(db, "Mia");
  await db.$executeRaw`
    INSERT INTO memberships (project_id, user_id, role)
    SELECT id, ${mia.userId}::uuid, 'member' FROM projects WHERE slug LIKE 'other-%'`;
  const max = await makeUser(db, "Max");
  const { slug } = await makeProject(db, [
    [mia, "member+"],
    [max, "member"],
  ]);
  const empty = await makeProject(db, []);
  const { rows, next } = await listProjects({});
  expect(rows.slice(0, 2)).toMatchObject([
    { slug: empty.slug, members: 0 },
    { slug, members: 2 },
  ]);
  expect(rows[2]).toMatchObject({ members: 1 });
  await db.$executeRaw`ANALYZE projects, memberships`;
  expect(await countRowsRead(pool, () => listProjects({}))).toBeLessThan(60);
  expect(await countRowsRead(pool, () => listProjects({ cursor: next ?? "" }))).toBeLessThan(60);
});
