import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KeyPage } from "@/lib/access-keys/loaders/search-keys";
import { authorizeProject, type Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db, pool } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { findKeys, findPerson, findProject, searchByEmail, searchByProject } from "@/lib/support/loaders";
import { listIndexesUsed } from "@/testing/database/indexes-used";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

let storage: Storage;
let sam: Actor;
let mia: Actor;
let slug: string;
let key: { accessKeyId: string; keyId: string };

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
  key = (await makeKey(await authorizeProject(mia, slug, "keys:issue"), "north")).change;
});

const idsOf = ({ rows }: KeyPage) => rows.map(({ accessKeyId }) => accessKeyId);

/** Copies of the key of the test, of an older time each. */
async function copyKey(count: number, prefix: string, more: object = {}): Promise<void> {
  const { id: _id, ...row } = await db.accessKey.findUniqueOrThrow({ where: { id: key.keyId } });
  await db.accessKey.createMany({
    data: Array.from({ length: count }, (_none, index) => ({
      ...row,
      ...more,
      accessKeyId: `${prefix}${String(index).padStart(8, "0")}`,
      state: "REVOKED" as const,
      createdAt: new Date(row.createdAt.getTime() - (index + 1) * 1_000),
    })),
  });
}

describe("a search by access key", () => {
  test("finds every key with the part in its id, in large or small letters, with its owner and project", async () => {
    const part = key.accessKeyId.slice(5, 15).toLowerCase();
    const { rows, next } = await findKeys(sam, { text: part });
    expect(rows).toMatchObject([
      { accessKeyId: key.accessKeyId, createdBy: mia.name, region: "north", state: "ACTIVE", project: { slug } },
    ]);
    expect(next).toBeNull();
    expect(idsOf(await findKeys(sam, { text: "NOSUCHPART" }))).toEqual([]);
  });
});

describe("a search by e-mail address", () => {
  test("finds the person with projects, the keys made and the keys received, newest first, page by page", async () => {
    const max = await makeUser(db, `Max ${randomUUID()}`);
    await copyKey(20, `LKM${randomUUID().slice(0, 4).toUpperCase()}`, {
      createdById: max.userId,
      madeForId: mia.userId,
    });
    await copyKey(20, `LKN${randomUUID().slice(0, 4).toUpperCase()}`, { madeForId: mia.userId });
    const first = await searchByEmail(sam, { text: mia.email.toUpperCase() });
    if (!("one" in first)) throw new Error("not one person");
    expect(first.one.person).toMatchObject({
      email: mia.email,
      name: mia.name,
      disabled: false,
      platformRole: null,
      projects: [{ project: slug, role: "member+", disabled: false }],
      moreProjects: false,
    });
    expect(idsOf(first.one.keys)[0]).toBe(key.accessKeyId);
    const second = await findPerson(sam, { text: mia.email, cursor: first.one.keys.next ?? "" });
    const all = [...first.one.keys.rows, ...(second?.keys.rows ?? [])];
    expect([first.one.keys.rows.length, second?.keys.rows.length, second?.keys.next]).toEqual([25, 16, null]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(41);
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    );
  });

  test("lists several people, takes % and _ as they are, and says disabled", async () => {
    const word = randomUUID().slice(0, 8);
    const one = await makeUser(db, `a_${word}`);
    await db.user.update({
      where: { id: one.userId },
      data: { email: `a_${word}@example.test`, disabledAt: new Date() },
    });
    const two = await makeUser(db, `ax${word}`);
    await db.user.update({ where: { id: two.userId }, data: { email: `ax${word}@example.test` } });
    expect(await searchByEmail(sam, { text: word })).toMatchObject({
      many: { rows: [{}, { disabled: true }], next: null },
    });
    expect(await searchByEmail(sam, { text: `a_${word}` })).toMatchObject({ one: { person: { name: `a_${word}` } } });
    for (const text of [`a%${word}`, "%%%", String.raw`\\\ `, "nobody@example.test"])
      expect(await searchByEmail(sam, { text })).toEqual({ many: { rows: [], next: null } });
  });
});

describe("a search by project", () => {
  test("finds it by the slug, or a part of slug or name, with its keys", async () => {
    const found = { one: { project: { project: slug, name: `Project ${slug}`, disabled: false } } };
    for (const text of [slug, slug.toUpperCase(), slug.slice(2), `project ${slug}`]) {
      const answer = await searchByProject(sam, { text });
      expect(answer).toMatchObject(found);
      expect("one" in answer && idsOf(answer.one.keys)).toEqual([key.accessKeyId]);
    }
    await makeProject(db);
    const several = await searchByProject(sam, { text: "project" });
    expect("many" in several && several.many.rows.length).toBeGreaterThan(1);
    expect(await searchByProject(sam, { text: "_______" })).toEqual({ many: { rows: [], next: null } });
    expect(await findProject(sam, { text: "nowhere" })).toBeUndefined();
  });
});

test("each search is audited once an hour: which one was found, or how many, and never the text", async () => {
  const secretPart = "wJalrXUtnFEMIK7MDENG";
  const part = key.accessKeyId.slice(3, 13);
  for (const text of [key.accessKeyId.toLowerCase(), key.accessKeyId, part, part, secretPart])
    await findKeys(sam, { text });
  await searchByEmail(sam, { text: mia.email });
  await searchByEmail(sam, { text: mia.email });
  await searchByEmail(sam, { text: "hunter2" });
  await searchByEmail(sam, { text: "hunter3" });
  await searchByProject(sam, { text: slug.slice(1) });
  await searchByProject(sam, { text: secretPart });
  const where = { actorId: sam.userId, event: "support.searched" };
  const lines = await db.auditEvent.findMany({ where, orderBy: [{ at: "asc" }, { id: "asc" }] });
  const { id } = await db.project.findUniqueOrThrow({ where: { slug } });
  expect(lines.map(({ data, projectId }) => [data, projectId])).toEqual([
    [{ by: "access-key", wanted: key.accessKeyId, found: true, results: 1 }, null],
    [{ by: "access-key", found: true, results: 1 }, null],
    [{ by: "access-key", found: false, results: 0 }, null],
    [{ by: "email", wanted: mia.email, found: true, results: 1 }, null],
    [{ by: "email", found: false, results: 0 }, null],
    [{ by: "email", found: false, results: 0 }, null],
    [{ by: "project", wanted: slug, found: true, results: 1 }, id],
    [{ by: "project", found: false, results: 0 }, null],
  ]);
  const kept = await db.$queryRaw<{ key: string }[]>`SELECT key FROM rate_limits`;
  for (const text of [secretPart, "hunter2", `"${part}"`]) expect(JSON.stringify([kept, lines])).not.toContain(text);
});

test("no search reads much more than its page", async () => {
  const others = await makeUser(db, `Others ${randomUUID()}`);
  await db.$executeRaw`
    INSERT INTO access_keys (id, project_id, region_id, principal_id, access_key_id, state, created_by_id, created_at)
    SELECT gen_random_uuid(), project_id, region_id, principal_id, 'LKZZZ' || lpad(number::text, 15, '0'), 'REVOKED',
      ${others.userId}::uuid, created_at - number * interval '1 second'
    FROM access_keys, generate_series(1, 5000) AS number WHERE access_keys.id = ${key.keyId}::uuid`;
  // New entries of the trigram index wait in a list, which makes its use dear until the table is vacuumed.
  await pool.query("VACUUM ANALYZE access_keys");
  for (const text of [key.accessKeyId.slice(4, 14), "NOSUCHPART"])
    expect(await listIndexesUsed(pool, () => findKeys(sam, { text }))).toContain("access_keys_access_key_id_trgm");
  // A part that every id has: the newest keys come by the index of the time.
  const { next } = await findKeys(sam, { text: "LKZZZ" });
  for (const cursor of [undefined, next ?? ""])
    expect(await countRowsRead(pool, () => findKeys(sam, { text: "LKZZZ", cursor }))).toBeLessThan(1_000);
  for (const text of [others.email, mia.email])
    expect(await countRowsRead(pool, () => findPerson(sam, { text }))).toBeLessThan(100);
  expect(await countRowsRead(pool, () => findProject(sam, { text: slug }))).toBeLessThan(100);
});

test("people and projects are found by a part by an index", async () => {
  await db.$executeRaw`
    INSERT INTO users (id, email, name, password_hash)
    SELECT gen_random_uuid(), 'crowd-' || number || '@example.test', 'Crowd ' || number, '' FROM generate_series(1, 5000) AS number`;
  await db.$executeRaw`
    INSERT INTO projects (id, slug, name)
    SELECT gen_random_uuid(), 'crowd-' || number, 'Crowd ' || number FROM generate_series(1, 5000) AS number`;
  await pool.query("VACUUM ANALYZE users");
  await pool.query("VACUUM ANALYZE projects");
  const text = "nosuchtext";
  expect(await listIndexesUsed(pool, () => searchByEmail(sam, { text }))).toContain("users_email_name_trgm");
  expect(await listIndexesUsed(pool, () => searchByProject(sam, { text }))).toEqual(
    expect.arrayContaining(["projects_slug_trgm", "projects_name_trgm"]),
  );
  // What all have in common comes by the index of the time.
  for (const search of [searchByEmail, searchByProject])
    expect(await countRowsRead(pool, () => search(sam, { text: "crowd-" }))).toBeLessThan(1_000);
});
