import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { db, pool } from "@/lib/platform/db/client";
import { listUsers } from "@/lib/users/loaders";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";

beforeAll(async () => {
  await startTestDatabase();
  await db.$executeRaw`
    INSERT INTO users (id, email, name, password_hash, created_at)
    SELECT gen_random_uuid(), 'crowd-' || n || '@example.test', 'Crowd ' || n, 'x', now() - n * interval '1 minute'
    FROM generate_series(1, 10000) AS n`;
  // VACUUM puts the new rows into the index of the search, which PostgreSQL does by itself after a while.
  await pool.query("VACUUM ANALYZE users");
});

test("a page of 10,000 users is read alone, newest first, and so is the one after it", async () => {
  const first = await listUsers({});
  expect(first.rows).toHaveLength(50);
  expect(first.rows[0]).toMatchObject({ name: "Crowd 1", waitsForSetUp: false, projectCount: 0, projects: [] });
  expect(await countRowsRead(pool, () => listUsers({}))).toBeLessThan(120);
  const cursor = first.next ?? "";
  const second = await listUsers({ cursor });
  expect(new Set([...first.rows, ...second.rows].map(({ email }) => email)).size).toBe(100);
  expect(await countRowsRead(pool, () => listUsers({ cursor }))).toBeLessThan(120);
});

test("a part of the name or the e-mail address is found by the index, in whatever case", async () => {
  const found = await listUsers({ search: "CROWD-7777@" });
  expect(found).toMatchObject({ rows: [{ name: "Crowd 7777" }], next: null });
  expect(await listUsers({ search: "crowd 7777" })).toMatchObject({ rows: [{ name: "Crowd 7777" }] });
  for (const search of ["Crowd%7777", "crowd_7777", String.raw`crowd\7777`])
    expect((await listUsers({ search })).rows).toEqual([]);
  expect(await countRowsRead(pool, () => listUsers({ search: "crowd-7777@" }))).toBeLessThan(500);
});

test("odd names are found by a part of them, and their projects are named as long as they are few", async () => {
  const odd = await makeUser(db, `Odd-${randomUUID()}`);
  const name = `Žofie 🔑 \u202eأحمد\u200b${randomUUID()}`;
  await db.user.update({ where: { id: odd.userId }, data: { name, passwordHash: null } });
  const { slug } = await makeProject(db, [[odd, "member+"]]);
  for (const search of ["🔑", "أحمد", "žofie", "\u200b"]) {
    expect((await listUsers({ search })).rows.map((row) => row.name)).toEqual([name]);
  }
  const read = async () => (await listUsers({ search: odd.email })).rows[0];
  expect(await read()).toMatchObject({ waitsForSetUp: true, projectCount: 1, projects: [{ slug, role: "member+" }] });
  for (let more = 0; more < 3; more += 1) await makeProject(db, [[odd, "member"]]);
  expect(await read()).toMatchObject({ projectCount: 4, projects: [] });
});
