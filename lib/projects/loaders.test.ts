import { beforeAll, expect, test } from "vitest";
import type { Actor } from "@/lib/gate/scope";
import { db, pool } from "@/lib/platform/db/client";
import { listOwnProjects, listProjects, listSwitcherProjects } from "@/lib/projects/loaders";
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

const own = (userId: string) => ({ userId, email: "", name: "", platformRole: null, limits: null }) as unknown as Actor;

test("the projects of a person come page by page, each once, and are searched by a part of the name or slug", async () => {
  const ada = await makeUser(db, "Ada");
  const slugs = [];
  for (let index = 0; index < 53; index += 1) slugs.push((await makeProject(db, [[ada, "member"]])).slug);
  const first = await listOwnProjects(own(ada.userId), {});
  const second = await listOwnProjects(own(ada.userId), { cursor: first.next ?? "" });
  expect(second.next).toBeNull();
  expect([...first.rows, ...second.rows].map(({ slug }) => slug)).toEqual(slugs.reverse());
  const [slug = ""] = slugs;
  const search = slug.slice(1).toUpperCase();
  expect((await listOwnProjects(own(ada.userId), { search })).rows).toMatchObject([{ slug }]);
  expect((await listOwnProjects(own(ada.userId), { search: "%" })).rows).toEqual([]);
  const { projects, more } = await listSwitcherProjects(own(ada.userId));
  expect([projects.length, more]).toEqual([12, true]);
  expect(projects.map(({ slug: offered }) => offered).sort()).toEqual(slugs.slice(0, 12).sort());
});

test("of a person's thousands of projects a page reads its own", async () => {
  const { id } = await db.user.findFirstOrThrow({ where: { name: "Mia" } });
  expect(await countRowsRead(pool, () => listSwitcherProjects(own(id)))).toBeLessThan(60);
  expect(await countRowsRead(pool, () => listOwnProjects(own(id), {}))).toBeLessThan(400);
});
