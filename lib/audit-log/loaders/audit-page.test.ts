import { beforeAll, describe, expect, test } from "vitest";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import { type AuditBounds, readAskedFilter, readFilter, WHOLE_LOG } from "@/lib/audit-log/loaders/filter";
import type { AuditFilter } from "@/lib/audit-log/schema";
import { db, pool } from "@/lib/platform/db/client";
import { encodeCursor } from "@/lib/platform/db/cursor";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";

const ROWS = 100_000;
/** A statement may take 8 s, also on a machine that does much else. */
const AT_ONCE = 2_000;
const PAGE = 50;
/** A page and one row, a few rows of the same time, and the project of each row. */
const READ_MAX = 4 * PAGE;

let projects: { id: string; slug: string }[];
let people: { userId: string; email: string }[];
let one: AuditBounds;
let own: AuditBounds;

beforeAll(async () => {
  await startTestDatabase();
  projects = [];
  people = [];
  for (let index = 0; index < 4; index += 1) {
    projects.push(await makeProject(db));
    people.push(await makeUser(db, `Person${index}`));
  }
  const region = await db.region.create({
    data: { name: "r", provider: "builtin", endpoint: "http://127.0.0.1:9", signingRegion: "r", settings: {} },
  });
  const [projectId = "", createdById = ""] = [projects[0]?.id, people[0]?.userId];
  const principal = await db.principal.create({ data: { projectId, regionId: region.id, externalId: "p" } });
  const key = await db.accessKey.create({
    data: {
      ...{ projectId, regionId: region.id, principalId: principal.id, createdById },
      ...{ accessKeyId: "LKEX0000000000000001", state: "REVOKED" },
    },
  });
  // These lines wait for no chain.
  await pool.query("ALTER TABLE audit_events DISABLE TRIGGER audit_events_wait_for_chain");
  // Most lines are of the first project and of the first person. One in 1,000 is of the key, and was refused.
  for (let from = 0; from < ROWS; from += AT_ONCE)
    await pool.query(
      `INSERT INTO audit_events (id, at, event, outcome, actor_id, actor_name, project_id, key_id, data)
       SELECT uuidv7(), now() - interval '1 second' * i,
              CASE WHEN i % 1000 = 0 THEN 'key.expired' ELSE 'project.changed' END,
              CASE WHEN i % 1000 = 0 THEN 'refused' ELSE 'done' END,
              ($1::uuid[])[1 + CASE WHEN i % 500 = 0 THEN 1 + (i / 500) % 3 ELSE 0 END], 'Somebody',
              ($2::uuid[])[1 + CASE WHEN i % 500 = 0 THEN 1 + (i / 500) % 3 ELSE 0 END],
              CASE WHEN i % 1000 = 0 THEN $3::uuid END,
              CASE WHEN i % 1000 = 0 THEN '{"region": "north", "accessKeyId": "LKEX0000000000000001"}'::jsonb
                   ELSE '{"slug": "p", "name": "P"}'::jsonb END
       FROM generate_series($4::int + 1, $4::int + $5::int) AS i`,
      [people.map(({ userId }) => userId), projects.map(({ id }) => id), key.id, from, AT_ONCE],
    );
  await pool.query("ANALYZE audit_events");
  one = { project: projects[0] ?? null, actorId: null };
  own = { project: projects[0] ?? null, actorId: people[0]?.userId ?? null };
});

const middle = () =>
  encodeCursor({ at: new Date(Date.now() - 50_000_000), id: "ffffffff-ffff-7fff-bfff-ffffffffffff" });

const FILTERS: [string, () => AuditBounds, () => AuditFilter][] = [
  ["nothing", () => WHOLE_LOG, () => ({})],
  ["a time", () => WHOLE_LOG, () => ({ to: new Date(Date.now() - 75_000_000).toISOString() })],
  ["a person", () => WHOLE_LOG, () => ({ who: people[1]?.email ?? "" })],
  ["a project", () => WHOLE_LOG, () => ({ project: projects[1]?.slug ?? "" })],
  ["an action", () => WHOLE_LOG, () => ({ event: "key.expired" })],
  ["an outcome", () => WHOLE_LOG, () => ({ outcome: "refused" })],
  ["a region", () => WHOLE_LOG, () => ({ region: "north" })],
  ["an access key", () => WHOLE_LOG, () => ({ accessKey: "LKEX0000000000000001" })],
  ["the activity of a project", () => one, () => ({})],
  ["the person's own actions", () => own, () => ({})],
];

describe.each(FILTERS)("a page of 100,000 lines by %s", (name, bounds, filter) => {
  test("reads a page of rows by an index, from the first page and from the middle", async () => {
    const [given, within] = [filter(), bounds()];
    const first = await loadAuditPage(within, given, undefined);
    expect(first.rows).toHaveLength(PAGE);
    expect(first.next).not.toBeNull();
    const cursors = name === "a time" ? [undefined] : [undefined, middle()];
    for (const cursor of cursors)
      expect(await countRowsRead(pool, () => loadAuditPage(within, given, cursor))).toBeLessThanOrEqual(READ_MAX);
  });
});

test("the address of a page gives the filter, and what it does not name is left out", () => {
  expect(readAskedFilter(WHOLE_LOG, { who: " Ada ", to: "2026-11-28", region: "", cursor: "x" })).toMatchObject({
    filter: { who: "Ada", to: "2026-11-28" },
    refused: {},
  });
});

const WRONG: [string, Record<string, string | string[]>, Record<string, string>][] = [
  ["a date that is none", { from: "yesterday" }, { from: "Use a date such as 2026-11-28, or a time such as" }],
  ["a day that no month has", { to: "2026-02-30" }, { to: "Use a date such as 2026-11-28, or a time such as" }],
  ["a year 0", { from: "0000-01-01" }, { from: "Use a date such as 2026-11-28, or a time such as" }],
  ["To before From", { from: "2026-11-28", to: "2026-11-27" }, { to: "To is before From" }],
  ["an outcome that there is not", { outcome: "perhaps" }, { outcome: "There is no such outcome" }],
  ["an event that there is not", { event: "constructor" }, { event: "There is no such event" }],
  ["a part of an access key", { accessKey: "LK-1" }, { accessKey: "Use the whole access key id" }],
  ["a region that cannot be", { region: "North" }, { region: "Use lower case letters, digits and hyphens" }],
  ["a text that is too long", { who: "a".repeat(201) }, { who: "Use at most 200 characters" }],
  ["a control character", { who: "a\u0000b" }, { who: "Use no control characters" }],
  ["a value twice", { who: ["Ada", "Bea"] }, { who: "Give this once" }],
  ["two wrong values", { outcome: "x", event: "x" }, { event: "There is no such event", outcome: "There is no" }],
];

test.each(WRONG)("%s in the address has a sentence, and nothing is listed", (_what, query, sentences) => {
  const { filter, refused } = readAskedFilter(WHOLE_LOG, query);
  expect(filter).toBeUndefined();
  expect(Object.keys(refused).sort()).toEqual(Object.keys(sentences).sort());
  for (const [name, sentence] of Object.entries(sentences)) expect(refused[name]).toContain(sentence);
  expect(() => readFilter(WHOLE_LOG, query)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
});

test("the activity of a project has no filter by project", () => {
  expect(readAskedFilter(one, { project: "other" }).filter).toBeUndefined();
});

test("one day, and a day to its own evening, are in order", () => {
  for (const query of [
    { from: "2026-11-28", to: "2026-11-28" },
    { from: "2026-11-28T23:59:00Z", to: "2026-11-28" },
  ])
    expect(readAskedFilter(WHOLE_LOG, query).filter).toEqual(query);
});
