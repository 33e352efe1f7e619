import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readTokenUser } from "@/lib/api-tokens/data";
import { describeEvent } from "@/lib/audit/describe";
import { admitToProject, readCaller } from "@/lib/gate/api";
import { PROJECT_ROLES, type ProjectRole } from "@/lib/gate/permissions";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { listMembers, loadJoins } from "@/lib/members/loaders";
import { changeMember, dismissJoins } from "@/lib/members/mutations";
import type { MemberOutput, MemberWish } from "@/lib/members/schema";
import { db, pool } from "@/lib/platform/db/client";
import { setUserDisabled } from "@/lib/users/mutations";
import { countRowsRead } from "@/testing/database/rows-read";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";

const BY = { userId: null, name: "test" };
const SEED = 20_261_128;

let ada: Actor;
let bob: Actor;
let mia: Actor;
let project: { id: string; slug: string };

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  ada = await makeUser(db, `Ada ${randomUUID()}`);
  bob = await makeUser(db, `Bob ${randomUUID()}`);
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  project = await makeProject(db, [
    [ada, "admin"],
    [bob, "admin"],
    [mia, "member+"],
  ]);
});

const scopeOf = (actor: Actor): Promise<ProjectScope> => authorizeProject(actor, project.slug, "members:manage");
const change = async (actor: Actor, other: Actor, wish: MemberWish) =>
  changeMember(await scopeOf(actor), other.email, wish);
const set = (role: ProjectRole): MemberWish => ({ kind: "set-role", role });
const REMOVE: MemberWish = { kind: "remove" };

const roleOf = async ({ userId }: Actor) => {
  const where = { projectId_userId: { projectId: project.id, userId } };
  return (await db.membership.findUnique({ where }))?.role ?? null;
};
const eventsOf = async ({ userId }: Actor) =>
  db.auditEvent.findMany({
    where: { actorId: userId, projectId: project.id },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
const toldOf = (outcome: MemberOutput) => (outcome.ok ? outcome.outcome : outcome.reason);

describe("a project admin", () => {
  test("adds a person, changes the role and removes the person; the audit log tells each as a sentence", async () => {
    const max = await makeUser(db, `Max ${randomUUID()}`);
    expect(toldOf(await change(ada, max, { kind: "add", role: "member" }))).toBe("done");
    expect(await roleOf(max)).toBe("member");
    expect(toldOf(await change(ada, max, { kind: "add", role: "member" }))).toBe("already-done");
    expect(toldOf(await change(ada, max, set("member+")))).toBe("done");
    expect(await roleOf(max)).toBe("member+");
    expect(toldOf(await change(ada, max, REMOVE))).toBe("done");
    expect(await roleOf(max)).toBeNull();
    expect((await eventsOf(ada)).map(describeEvent)).toEqual([
      `${ada.name} added ${max.email} to the project as member.`,
      `${ada.name} changed the role of ${max.email} from member to member+.`,
      `${ada.name} removed ${max.email} from the project.`,
    ]);
  });

  test("learns the same of an unknown and of a disabled account, and nothing is changed", async () => {
    const gone = await makeUser(db, `Gone ${randomUUID()}`);
    await db.$transaction((tx) => setUserDisabled(tx, BY, gone.email, true));
    const scope = await scopeOf(ada);
    const disabled = await changeMember(scope, gone.email, { kind: "add", role: "member" });
    const unknown = await changeMember(scope, "nobody@example.test", { kind: "add", role: "member" });
    expect(disabled).toMatchObject({ ok: false, reason: "unknown-account" });
    expect(JSON.stringify(unknown)).toBe(JSON.stringify(disabled).replaceAll(gone.email, "nobody@example.test"));
    expect(await roleOf(gone)).toBeNull();
    const stranger = await makeUser(db, `Stranger ${randomUUID()}`);
    const removed = await changeMember(scope, stranger.email, REMOVE);
    const nobody = await changeMember(scope, "nobody@example.test", REMOVE);
    expect(JSON.stringify(nobody)).toBe(JSON.stringify(removed).replaceAll(stranger.email, "nobody@example.test"));
    expect(await eventsOf(ada)).toEqual([]);
  });

  test("steps back while another admin can sign in, and not as the last one", async () => {
    expect(toldOf(await change(bob, bob, set("member")))).toBe("done");
    for (const wish of [set("member+"), REMOVE]) {
      const refused = await change(ada, ada, wish);
      expect(refused).toMatchObject({ ok: false, reason: "last-admin" });
      expect(refused.message).toContain("the last admin of this project");
    }
    expect(await roleOf(ada)).toBe("admin");
  });

  test("is the last one beside an admin who is disabled, and the disabled one can be removed", async () => {
    await db.$transaction((tx) => setUserDisabled(tx, BY, bob.email, true));
    expect(toldOf(await change(ada, ada, REMOVE))).toBe("last-admin");
    expect(toldOf(await change(ada, bob, REMOVE))).toBe("done");
    expect(await roleOf(bob)).toBeNull();
  });

  test("does not undo what another admin has done in the meantime", async () => {
    await change(bob, mia, set("admin"));
    expect(toldOf(await change(ada, mia, { ...set("member"), former: "member+" } as MemberWish))).toBe(
      "changed-meanwhile",
    );
    await change(bob, mia, REMOVE);
    expect(toldOf(await change(ada, mia, set("member")))).toBe("not-a-member");
    expect(await roleOf(mia)).toBeNull();
  });
});

describe("whoever may not manage members", () => {
  test.each(["member+", "member", null])("is told as %s that nothing is there", async (role) => {
    const person = await makeUser(db, `Person ${randomUUID()}`);
    if (role) await change(ada, person, { kind: "add", role: role as ProjectRole });
    await expect(scopeOf(person)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("support staff may not; a platform admin may, and also cannot take the last admin away", async () => {
    const sue = await makeUser(db, `Sue ${randomUUID()}`, { platformRole: "support" });
    await expect(scopeOf(sue)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const pat = await makeUser(db, `Pat ${randomUUID()}`, { platformRole: "platform-admin" });
    expect(toldOf(await change(pat, bob, REMOVE))).toBe("done");
    expect(toldOf(await change(pat, ada, REMOVE))).toBe("last-admin");
  });

  test.each<[string, MemberWish]>([
    ["demoted", set("member+")],
    ["removed", REMOVE],
  ])("an admin who is %s while the dialog is open changes nothing more", async (_case, wish) => {
    const opened = await scopeOf(bob);
    expect(toldOf(await change(ada, bob, wish))).toBe("done");
    await expect(changeMember(opened, mia.email, set("admin"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(changeMember(opened, bob.email, set("admin"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await roleOf(mia)).toBe("member+");
    expect(await eventsOf(bob)).toEqual([]);
  });
});

describe("at once", () => {
  test("of two admins who demote each other exactly one wins", async () => {
    const [one, other] = [await scopeOf(ada), await scopeOf(bob)];
    const outcomes = await Promise.allSettled([
      changeMember(one, bob.email, set("member")),
      changeMember(other, ada.email, set("member")),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect([await roleOf(ada), await roleOf(bob)].sort()).toEqual(["admin", "member"]);
  });

  test("of two admins who both leave exactly one may", async () => {
    const [one, other] = [await scopeOf(ada), await scopeOf(bob)];
    const outcomes = await Promise.all([changeMember(one, ada.email, REMOVE), changeMember(other, bob.email, REMOVE)]);
    expect(outcomes.map(toldOf).sort()).toEqual(["done", "last-admin"]);
  });

  test("a person who is added twice is added once", async () => {
    const max = await makeUser(db, `Max ${randomUUID()}`);
    const scopes = [await scopeOf(ada), await scopeOf(bob), await scopeOf(ada)];
    const outcomes = await Promise.all(
      scopes.map((scope) => changeMember(scope, max.email, { kind: "add", role: "member" })),
    );
    expect(outcomes.map(toldOf).sort()).toEqual(["already-done", "already-done", "done"]);
  });

  test("whatever admins do to each other at once, one admin stays", async () => {
    const people = [ada, bob, mia];
    const wishes = fc.oneof(fc.constant(REMOVE), fc.constantFrom(...PROJECT_ROLES).map(set));
    const step = fc.record({ by: fc.nat(2), to: fc.nat(2), wish: wishes });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        await db.membership.deleteMany({ where: { projectId: project.id } });
        await db.membership.createMany({
          data: people.map(({ userId }) => ({ projectId: project.id, userId, role: "admin" })),
        });
        const scopes = await Promise.all(people.map(scopeOf));
        const outcomes = await Promise.allSettled(
          steps.map(({ by, to, wish }) => changeMember(scopes[by] as ProjectScope, people[to]?.email ?? "", wish)),
        );
        const broken = outcomes.flatMap((outcome) =>
          outcome.status === "rejected" ? [outcome.reason as unknown] : [],
        );
        for (const error of broken) expect(error).toMatchObject({ code: "NOT_FOUND" });
        expect(await db.membership.count({ where: { projectId: project.id, role: "admin" } })).toBeGreaterThan(0);
      }),
      { seed: SEED, numRuns: 20 },
    );
  });
});

test("the tokens of a person are refused in the project from the end of the membership on", async () => {
  const token = await makeToken(db, mia, { project: project.slug, scope: "write" });
  const ask = async () => {
    const caller = await readCaller(`Bearer ${token}`, "192.0.2.1");
    return admitToProject(caller, project.slug, { name: "Read access keys", permission: "keys:read" });
  };
  expect((await ask()).scope.roles).toEqual(["member+"]);
  await change(ada, mia, set("member"));
  await expect(ask()).rejects.toMatchObject({ code: "NOT_FOUND" });
  await change(ada, mia, set("member+"));
  expect((await ask()).scope.roles).toEqual(["member+"]);
  await change(ada, mia, REMOVE);
  await expect(ask()).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await readTokenUser(token)).toMatchObject({ userId: mia.userId });
});

describe("a platform admin who joins", () => {
  const told = async (actor: Actor, now?: Date) => {
    const lines = await loadJoins(await authorizeProject(actor, project.slug, "storage:read"), now);
    return lines.map(({ name, role }) => `${name} ${role}`);
  };
  let pat: Actor;
  beforeEach(async () => {
    pat = await makeUser(db, `Pat ${randomUUID()}`, { platformRole: "platform-admin" });
  });

  test("is told to each admin until the admin has seen it or a week is over, and stands in the audit log", async () => {
    expect(await told(ada)).toEqual([]);
    expect(toldOf(await change(pat, pat, { kind: "add", role: "member+" }))).toBe("done");
    expect([await told(ada), await told(bob)]).toEqual([[`${pat.name} member+`], [`${pat.name} member+`]]);
    expect([await told(mia), await told(pat)]).toEqual([[], []]);
    expect((await eventsOf(pat)).map(describeEvent)).toEqual([
      `${pat.name} joined the project as member+, as a platform admin.`,
    ]);
    const scope = await scopeOf(ada);
    const [line] = await loadJoins(scope);
    await dismissJoins(scope, line?.at ?? "");
    expect([await told(ada), await told(bob)]).toEqual([[], [`${pat.name} member+`]]);
    expect((await eventsOf(ada)).map(({ event }) => event)).toEqual(["member.joins-seen"]);
    const week = 7 * 24 * 60 * 60 * 1_000;
    expect(await told(bob, new Date(Date.now() + week - 60_000))).toHaveLength(1);
    expect(await told(bob, new Date(Date.now() + week + 60_000))).toEqual([]);
  });

  test("is told again after a higher role, and also when the person has left", async () => {
    await change(pat, pat, { kind: "add", role: "member+" });
    await change(pat, pat, set("admin"));
    expect(await told(ada)).toEqual([`${pat.name} admin`, `${pat.name} member+`]);
    await change(pat, pat, REMOVE);
    expect(await told(ada)).toHaveLength(2);
  });

  test("is not told when an admin of the project added the person, nor of a lower role", async () => {
    await change(ada, pat, { kind: "add", role: "member+" });
    await change(pat, pat, set("member"));
    expect(await told(ada)).toEqual([]);
  });
});

describe("the list", () => {
  test("has every member, newest first, page by page, and reads no more than a page of 10,000", async () => {
    await db.$executeRaw`
      INSERT INTO users (id, email, name, password_hash)
      SELECT gen_random_uuid(), 'crowd-' || n || '@example.test', 'Crowd ' || n, 'x' FROM generate_series(1, 10000) AS n`;
    await db.$executeRaw`
      INSERT INTO memberships (project_id, user_id, role, created_at)
      SELECT ${project.id}::uuid, id, 'member', now() - interval '1 day' FROM users WHERE email LIKE 'crowd-%'`;
    await db.$executeRaw`ANALYZE users, memberships`;
    const first = await listMembers(project.id, {});
    expect(
      first.rows
        .slice(0, 3)
        .map(({ email }) => email)
        .sort(),
    ).toEqual([ada.email, bob.email, mia.email].sort());
    expect(await countRowsRead(pool, () => listMembers(project.id, {}))).toBeLessThan(120);
    const second = await listMembers(project.id, { cursor: first.next ?? "" });
    expect(await countRowsRead(pool, () => listMembers(project.id, { cursor: first.next ?? "" }))).toBeLessThan(120);
    const emails = new Set([...first.rows, ...second.rows].map(({ email }) => email));
    expect(emails.size).toBe(100);
    const found = await listMembers(project.id, { search: "CROWD-7777@" });
    expect(found).toMatchObject({ rows: [{ name: "Crowd 7777", role: "member", disabled: false }], next: null });
    expect((await listMembers(project.id, { search: "Crowd%7777" })).rows).toEqual([]);
    expect((await listMembers(project.id, { search: "crowd_7777" })).rows).toEqual([]);
    await expect(listMembers(project.id, { cursor: "nonsense" })).rejects.toMatchObject({ code: "BAD_INPUT" });
  });

  test("has no member of another project, and finds odd names by a part of them", async () => {
    const odd = await makeUser(db, `Odd ${randomUUID()}`);
    const name = `Žofie 🔑 \u202eأحمد\u200b${randomUUID()}`;
    await db.user.update({ where: { id: odd.userId }, data: { name } });
    await makeProject(db, [[odd, "admin"]]);
    expect((await listMembers(project.id, {})).rows).toHaveLength(3);
    await db.membership.create({ data: { projectId: project.id, userId: odd.userId, role: "member" } });
    for (const search of ["🔑", "أحمد", "žofie", "\u200b"])
      expect((await listMembers(project.id, { search })).rows.map(({ name }) => name)).toEqual([name]);
  });
});
