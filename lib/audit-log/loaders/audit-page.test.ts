import { beforeAll, describe, expect, test } from "vitest";
import { loadAuditPage } from "@/lib/audit-log/loaders/audit-page";
import { type AuditBounds, readFilter, WHOLE_LOG } from "@/lib/audit-log/loaders/filter";
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
  const read = (name: string) => ({ who: "Ada", to: "2026-11-28", cursor: "x" })[name];
  expect(readFilter(WHOLE_LOG, read)).toEqual({ who: "Ada", to: "2026-11-28" });
  expect(() => readFilter(WHOLE_LOG, (name) => (name === "to" ? "today" : undefined))).toThrow();
});
