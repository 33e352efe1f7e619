import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadCard, loadCards } from "@/lib/access-keys/loaders/cards";
import { findKey, lookUpKey } from "@/lib/access-keys/loaders/find-key";
import { loadKeyHistory } from "@/lib/access-keys/loaders/key-history";
import { loadKeyTable } from "@/lib/access-keys/loaders/key-table";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { encodeCursor } from "@/lib/platform/db/cursor";
import { db, pool } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

let storage: Storage;
let scope: ProjectScope;
let accessKeyId: string;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  const mia = await makeUser(db, "Mia");
  const project = await makeProject(db, [[mia, "member+"]]);
  scope = await authorizeProject(mia, project.slug, "keys:issue");
  accessKeyId = (await makeKey(scope, "north")).change.accessKeyId;
});
afterAll(() => storage.stop());

test("a region whose settings do not open says so, and leaves the others alone", async () => {
  const south = await db.region.findUniqueOrThrow({ where: { name: "south" } });
  await db.region.update({ where: { name: "south" }, data: { settings: {} } });
  const cards = await loadCards(scope);
  expect(cards.map((card) => [card.region.name, card.state, card.region.disabled])).toEqual([
    ["north", "ACTIVE", false],
    ["south", "NOT CONFIGURED", true],
  ]);
  expect(await requestKey(scope, "south")).toMatchObject({ ok: false, reason: "storage-refused" });
  await db.region.update({ where: { name: "south" }, data: { settings: south.settings ?? {} } });
});

test("a key is found by its whole id only, whatever is typed", async () => {
  expect(await findKey(` ${accessKeyId} `)).toMatchObject({ accessKeyId, live: true });
  for (const typed of [accessKeyId.slice(0, 19), "", "a\u0000b", "%", "x".repeat(5_000)]) {
    expect(await findKey(typed)).toBeUndefined();
  }
});

test("a look-up by support is audited with the id, and a text of another form is not kept", async () => {
  const sam = { ...(await makeUser(db, "Sam", { platformRole: "support" })), address: "192.0.2.9", via: "session:1" };
  const secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";
  const unknown = "LKAAA0000000000000AB";
  for (const typed of [` ${accessKeyId} `, unknown, secret, "X".repeat(5_000), "a\u0000b"]) await lookUpKey(sam, typed);
  const where = { event: "key.looked-up", actorId: sam.userId };
  const lines = await db.auditEvent.findMany({ where, orderBy: [{ at: "asc" }, { id: "asc" }] });
  expect(lines.map(({ data }) => data)).toEqual([
    { wanted: accessKeyId, found: true },
    { wanted: unknown, found: false },
    ...Array<object>(3).fill({ wanted: "an invalid id", found: false }),
  ]);
  expect(lines[0]).toMatchObject({ address: "192.0.2.9", via: "session:1", projectId: scope.projectId });
});

test("the history is filtered, paged and told, and is the project's own", async () => {
  const { rows } = await loadKeyTable(scope, { search: accessKeyId.slice(4, 12).toLowerCase(), region: "north" });
  expect(rows.map((row) => row.accessKeyId)).toEqual([accessKeyId]);
  expect((await loadKeyTable(scope, { state: "REVOKED" })).rows).toEqual([]);
  await expect(loadKeyTable(scope, { cursor: "garbage" })).rejects.toMatchObject({ code: "BAD_INPUT" });
  const [row] = rows;
  const history = await loadKeyHistory(scope, row?.id ?? "");
  expect(history.map((line) => line.sentence)).toEqual([
    `Mia asked to enable CLI access in north with ${accessKeyId}.`,
    `Mia enabled CLI access in north with ${accessKeyId}.`,
  ]);
  const stranger = await makeUser(db, "Stranger");
  const other = await makeProject(db, [[stranger, "admin"]]);
  const theirs = await authorizeProject(stranger, other.slug, "keys:read");
  expect(await loadKeyHistory(theirs, row?.id ?? "")).toEqual([]);
  expect((await loadKeyTable(theirs, {})).rows).toEqual([]);
});

test("however many changes failed and however many keys were revoked, the card shows the current key", async () => {
  const {
    id: _id,
    accessKeyId: _accessKeyId,
    ...current
  } = await db.accessKey.findUniqueOrThrow({
    where: { accessKeyId },
  });
  const past = (state: "FAILED" | "REVOKED", count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...current,
      accessKeyId: `${state}${index}`,
      state,
      createdAt: new Date(),
      endedAt: new Date(),
    }));
  await db.accessKey.createMany({ data: [...past("FAILED", 20), ...past("REVOKED", 3_000)] });
  const [north] = await loadCards(scope);
  expect(north).toMatchObject({ state: "ACTIVE", key: { accessKeyId } });
  expect(await loadCard(scope, "north")).toEqual(north);
  await db.accessKey.updateMany({ where: { accessKeyId }, data: { state: "REVOKING" } });
  expect(await loadCard(scope, "north")).toMatchObject({ state: "REVOKING", removed: false });
  await db.accessKey.updateMany({ where: { accessKeyId }, data: { state: "ACTIVE" } });
});

test("a page in the middle of a long list reads no newer rows", async () => {
  await db.$executeRaw`
    UPDATE access_keys SET created_at = access_keys.created_at - numbered.place * interval '1 second'
    FROM (SELECT id, row_number() OVER () AS place FROM access_keys WHERE state = 'REVOKED') AS numbered
    WHERE access_keys.id = numbered.id`;
  await db.$executeRaw`ANALYZE access_keys`;
  const where = { projectId: scope.projectId };
  const orderBy = [{ createdAt: "desc" as const }, { id: "desc" as const }];
  const middle = await db.accessKey.findFirstOrThrow({ where, orderBy, skip: 1_500 });
  const cursor = encodeCursor({ at: middle.createdAt, id: middle.id });
  const { rows } = await loadKeyTable(scope, { cursor });
  expect(rows).toHaveLength(25);
  // The rows of the page, the row that tells of a next page, and the row of the cursor.
  expect(await countRowsRead(pool, () => loadKeyTable(scope, { cursor }))).toBeLessThan(30);
});

test("the cards of a project with many past keys read a bounded number of them", async () => {
  const sent = vi.spyOn(pool, "query");
  await loadCards(scope);
  const texts = sent.mock.calls.map(([query]) => (query as unknown as { text: string }).text);
  sent.mockRestore();
  const keys = texts.filter((text) => text.includes('FROM "public"."access_keys"'));
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((text) => !text.includes("LIMIT"))).toEqual([]);
});

test("the cards of a project with an old key and many past ones read no other project's keys", async () => {
  const owen = await makeUser(db, "Owen");
  const old = await makeProject(db, [[owen, "member+"]]);
  const oldScope = await authorizeProject(owen, old.slug, "keys:issue");
  await makeKey(oldScope, "north");
  const place = { regionId: (await db.region.findUniqueOrThrow({ where: { name: "north" } })).id };
  const principalOf = (id: string) => db.principal.findFirstOrThrow({ where: { projectId: id, ...place } });
  const makeKeys = async (id: string, state: "ACTIVE" | "REVOKED", createdAt: Date) => {
    const { id: principalId } = await principalOf(id);
    const facts = { ...place, projectId: id, principalId, state, createdAt, createdById: owen.userId };
    const endedAt = state === "REVOKED" ? createdAt : null;
    const names = Array.from({ length: 2_000 }, () => randomUUID());
    const rows = names.map((name) => ({
      ...{ ...facts, endedAt, accessKeyId: name },
      // A name has one working key.
      ...(state === "ACTIVE" ? { slot: name } : {}),
    }));
    await db.accessKey.createMany({ data: rows });
  };
  // PostgreSQL expects many working keys of the project among the newest, since it had many keys and most keys work.
  await makeKeys(old.id, "REVOKED", new Date("2026-01-01"));
  await makeKeys(scope.projectId, "ACTIVE", new Date(Date.now() + 60_000));
  await db.$executeRaw`ANALYZE access_keys`;
  expect(await countRowsRead(pool, () => loadCard(oldScope, "north"))).toBeLessThan(50);
});
