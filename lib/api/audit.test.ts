import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { chainEvents } from "@/lib/audit-log/mutations";
import { recordEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { startTestDatabase } from "@/testing/database/test-database";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";

const api = createApi();
const ODD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u200B=1", "＝1", "🗝️", "\u202Elive", 'a "b", c'];
const ROWS = 70;

interface Lines {
  lines: { id: string; at: string; event: string; actor: string; outcome: string; project: string; sentence: string }[];
  next: string | null;
}

let people: Record<"ada" | "mia" | "max" | "sam" | "paula", Actor>;
let callers: Record<keyof typeof people, ApiCaller>;
let project: { id: string; slug: string };
let other: { id: string; slug: string };

async function record(actor: Actor, projectId: string, name: string): Promise<void> {
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "project.changed",
      outcome: "done",
      actor: { userId: actor.userId, name: actor.name },
      projectId,
      data: { slug: project.slug, name },
    }),
  );
}

beforeAll(async () => {
  await startTestDatabase();
  people = {
    ada: await makeUser(db, "Ada"),
    mia: await makeUser(db, "Mia"),
    max: await makeUser(db, "Max"),
    sam: await makeUser(db, "Sam", { platformRole: "support" }),
    paula: await makeUser(db, "Paula", { platformRole: "platform-admin" }),
  };
  project = await makeProject(db, [
    [people.ada, "admin"],
    [people.mia, "member+"],
    [people.max, "member"],
  ]);
  other = await makeProject(db, [[people.ada, "member"]]);
  for (let index = 0; index < ROWS; index += 1) await record(people.ada, project.id, `name ${index}`);
  for (const name of ODD) await record({ ...people.mia, name }, project.id, name);
  await record(people.paula, other.id, "elsewhere");
  await chainEvents();
  const entries = Object.entries(people) as [keyof typeof people, Actor][];
  callers = Object.fromEntries(
    await Promise.all(entries.map(async ([name, actor]) => [name, await makeCaller(db, api.request, actor)])),
  ) as typeof callers;
});
beforeEach(() => db.rateLimit.deleteMany());

const activity = (query = "") => `/projects/${project.slug}/activity${query}`;

async function read(who: keyof typeof people, path: string): Promise<Lines> {
  const reply = await callers[who].get(path);
  expect(reply.status).toBe(200);
  return (await reply.json()) as Lines;
}

describe("the activity", () => {
  test("comes page by page, newest first, each line once", async () => {
    const seen: Lines["lines"] = [];
    for (let next: string | null = ""; next !== null;) {
      const page: Lines = await read("ada", activity(next === "" ? "" : `?cursor=${next}`));
      seen.push(...page.lines);
      next = page.next;
    }
    const times = seen.map(({ at, id }) => `${at} ${id}`);
    expect(times).toEqual([...new Set(times)].sort().reverse());
    expect(seen).toHaveLength(await db.auditEvent.count({ where: { projectId: project.id } }));
    expect(seen.every((line) => line.project === project.slug)).toBe(true);
  });

  test("is everybody's for a project admin and for platform roles, and one's own for a member+", async () => {
    for (const who of ["ada", "sam", "paula"] as const)
      expect((await read(who, activity("?who=mia-"))).lines).toHaveLength(ODD.length);
    const { lines } = await read("mia", activity());
    expect(lines).toHaveLength(ODD.length);
    expect((await read("mia", activity(`?who=${people.ada.email}`))).lines).toEqual([]);
  });

  test("is not there for a member, for strangers of the project, and the whole log only for platform admins", async () => {
    expect((await callers.max.get(activity())).status).toBe(404);
    expect((await callers.ada.get(`/projects/${other.slug}/activity`)).status).toBe(404);
    for (const who of ["ada", "mia", "max", "sam"] as const)
      for (const path of ["/audit", "/audit/export"]) expect((await callers[who].get(path)).status).toBe(404);
    const { lines } = await read("paula", "/audit?event=project.changed");
    expect(lines[0]).toMatchObject({ project: other.slug, actor: "Paula" });
  });
});

test("a project that is read by a platform role alone leaves one line an hour", async () => {
  for (let count = 0; count < 2; count += 1) await read("sam", `/projects/${other.slug}/activity`);
  await read("ada", activity());
  const where = { event: "project.read", OR: [{ projectId: other.id }, { actorId: people.ada.userId }] };
  expect(await db.auditEvent.findMany({ where, select: { actorId: true } })).toEqual([{ actorId: people.sam.userId }]);
});

test.each([
  ["event=project.created", 1],
  ["outcome=refused", 0],
  ["region=nowhere", 0],
  ["accessKey=LKEX0000000000000000", 0],
  ["who=latchkey", 4],
  ["who=nobody-of-this-name", 0],
  ["from=2001-01-01&to=2001-01-02", 0],
  ["from=2001-01-01&event=project.created", 1],
])("the filter %s leaves %i lines", async (query, count) => {
  expect((await read("ada", activity(`?${query}`))).lines).toHaveLength(count);
});

test.each([
  ["event=no.such", "event: There is no such event"],
  ["from=yesterday", "from: Use a date"],
  ["from=0000-01-01", "from: "],
  ["from=2026-11-28&to=2026-11-27", "to: To is before From"],
  ["accessKey=%27", "accessKey: Use the whole"],
  ["cursor=x", "cursor"],
  ["everything=1", "everything"],
  ["project=other", "project"],
])("the filter %s is refused with its name", async (query, sentence) => {
  const reply = await callers.ada.get(activity(`?${query}`));
  const { detail } = (await reply.json()) as { detail: string };
  expect([reply.status, detail]).toEqual([400, expect.stringContaining(sentence)]);
});

test("a filter by access key and by region finds what happened to the key", async () => {
  const keyId = randomUUID();
  const accessKeyId = "LKEX0000000000000001";
  await withTransaction((tx) =>
    recordEvent(tx, {
      ...{ event: "key.expired", outcome: "done", actor: { userId: null, name: "Latchkey" } },
      ...{ projectId: project.id, keyId, data: { region: "far-north", accessKeyId } },
    }),
  );
  const { lines } = await read("ada", activity("?region=far-north"));
  expect(lines.map(({ sentence }) => sentence)).toEqual([expect.stringContaining(accessKeyId)]);
});

describe("an export", () => {
  test.each([
    ["of the activity", "ada", () => [activity("/export"), `activity-${project.slug}.csv`]],
    ["of the audit log", "paula", () => [`/audit/export?project=${project.slug}`, "audit-log.csv"]],
  ] as const)("%s in CSV has a line for each row, and no cell that is a formula", async (_what, who, find) => {
    const [path = "", file = ""] = find();
    const reply = await callers[who].get(`${path}${path.includes("?") ? "&" : "?"}format=csv&event=project.changed`);
    const text = await reply.text();
    expect(reply.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(reply.headers.get("content-disposition")).toContain(file);
    const lines = text.split("\r\n");
    expect(lines.at(-1)).toBe("");
    expect(lines).toHaveLength(1 + ROWS + ODD.length + 1);
    for (const name of ODD.slice(0, 8)) expect(text).toContain(`'${name}`);
    // The sentence, where the name stands beside other words.
    expect(text).toContain(",live changed the project");
    expect(text).toContain('"a ""b"", c"');
    expect(text).toMatch(/,🗝️,/);
    expect(text).not.toMatch(/(^|,|\n)"?[=+@\t-]/);
  });

  test("has the rows of the filter only, for a member+ those of the person, and is audited", async () => {
    const rowsOf = async (who: keyof typeof people, query: string) => {
      const lines = (await (await callers[who].get(activity(`/export${query}`))).text()).trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line) as { type: string; row: { actorId: string } }).slice(1, -1);
    };
    expect(await rowsOf("ada", "?event=project.created")).toHaveLength(1);
    expect(await rowsOf("ada", "?who=nobody-of-this-name")).toEqual([]);
    const own = await rowsOf("mia", "");
    expect(own.map(({ row }) => row.actorId)).toEqual(ODD.map(() => people.mia.userId));
    expect(await db.auditEvent.count({ where: { event: "audit.exported", actorId: people.mia.userId } })).toBe(1);
  });

  test("that is asked for again and again is refused for a while", async () => {
    const statuses = new Set<number>();
    for (let count = 0; count < 21; count += 1) {
      const reply = await callers.ada.get(activity("/export?from=2001-01-01&to=2001-01-01"));
      await reply.text();
      statuses.add(reply.status);
    }
    expect([...statuses]).toEqual([200, 429]);
  });
});
