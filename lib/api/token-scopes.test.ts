import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createToken, type NewToken } from "@/lib/api-tokens/mutations";
import { TOKEN_SCOPES } from "@/lib/api-tokens/schema";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { admitToPlatform, admitToProject, readCaller } from "@/lib/gate/api";
import { isChange, PERMISSIONS, type Permission } from "@/lib/gate/permissions";
import { type Actor, assertStillAllowed, authorizePlatform, maySomewhere } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { changeUser } from "@/lib/users/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";

let mia: Actor;
let home: { id: string; slug: string };
let other: { id: string; slug: string };

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  mia = await makeUser(db, `Mia ${randomUUID()}`);
  home = await makeProject(db, [[mia, "member+"]]);
  other = await makeProject(db, [[mia, "admin"]]);
});

async function makeToken(limits: Pick<NewToken, "project" | "scope"> = {}, { email }: Actor = mia): Promise<string> {
  const wish = { email, name: "a script", expiresAt: new Date(Date.now() + 60_000), ...limits };
  return (await db.$transaction((tx) => createToken(tx, SYSTEM_ACTOR, wish))).token.reveal();
}

async function ask(token: string, slug: string, permission: Permission): Promise<string> {
  const caller = await readCaller(`Bearer ${token}`, "192.0.2.1");
  return admitToProject(caller, slug, { name: `Try ${randomUUID()}`, permission }).then(
    () => "admitted",
    (error: { code: string }) => error.code,
  );
}

/** What the gate answers for each permission, in the order of the table. */
async function askAll(token: string, slug: string): Promise<Record<string, Permission[]>> {
  const answers: Record<string, Permission[]> = {};
  for (const permission of PERMISSIONS) (answers[await ask(token, slug, permission)] ??= []).push(permission);
  return answers;
}

const MEMBER_PLUS_READS = ["storage:read", "keys:read", "activity:read-own"];
const MEMBER_PLUS_CHANGES = ["keys:issue", "keys:disable", "tokens:own", "account:manage"];

test("a token without limits does in every project what the role there allows", async () => {
  const token = await makeToken();
  expect((await askAll(token, home.slug)).admitted?.toSorted()).toEqual(
    [...MEMBER_PLUS_READS, ...MEMBER_PLUS_CHANGES].sort(),
  );
});

test("a token manages members and the installation only with the scope for it", async () => {
  const narrow = await makeToken({ scope: "write" });
  expect(await ask(narrow, other.slug, "keys:issue")).toBe("admitted");
  expect(await ask(narrow, other.slug, "members:read")).toBe("admitted");
  expect(await ask(narrow, other.slug, "members:manage")).toBe("FORBIDDEN");
  const wide = await makeToken({ scope: "manage" });
  expect(await ask(wide, other.slug, "members:manage")).toBe("admitted");
  const ada = await makeUser(db, `Ada ${randomUUID()}`, { platformRole: "platform-admin" });
  const answers: Record<string, string> = {};
  for (const scope of TOKEN_SCOPES) {
    const caller = await readCaller(`Bearer ${await makeToken({ scope }, ada)}`, undefined);
    for (const permission of ["installation:read", "keys:bulk-revoke", "installation:manage"] as const) {
      answers[`${scope} ${permission}`] = await admitToPlatform(caller, { name: "Try", permission }).then(
        () => "admitted",
        (error: { code: string }) => error.code,
      );
    }
  }
  expect(answers).toEqual({
    "read installation:read": "admitted",
    "read keys:bulk-revoke": "FORBIDDEN",
    "read installation:manage": "FORBIDDEN",
    "write installation:read": "admitted",
    "write keys:bulk-revoke": "admitted",
    "write installation:manage": "FORBIDDEN",
    "manage installation:read": "admitted",
    "manage keys:bulk-revoke": "admitted",
    "manage installation:manage": "admitted",
  });
});

test("a token of a project gets 404 for every other project, also for one that its person administers", async () => {
  const token = await makeToken({ project: home.slug, scope: "write" });
  expect((await askAll(token, home.slug)).admitted?.toSorted()).toEqual(
    [...MEMBER_PLUS_READS, ...MEMBER_PLUS_CHANGES].sort(),
  );
  expect(await askAll(token, other.slug)).toEqual({ NOT_FOUND: PERMISSIONS });
  expect(await askAll(token, "nowhere")).toEqual({ NOT_FOUND: PERMISSIONS });
});

test("a token that may only read is refused every change, and never more than its role allows", async () => {
  const token = await makeToken({ project: home.slug, scope: "read" });
  const { admitted, FORBIDDEN, NOT_FOUND } = await askAll(token, home.slug);
  expect(admitted).toEqual(MEMBER_PLUS_READS);
  expect(FORBIDDEN).toEqual(MEMBER_PLUS_CHANGES);
  expect(FORBIDDEN?.every(isChange)).toBe(true);
  expect(NOT_FOUND).toEqual([
    "keys:issue-for-others",
    "keys:find",
    "keys:bulk-revoke",
    "members:read",
    "members:manage",
    "activity:read",
    "audit:read",
    "installation:read",
    "installation:manage",
  ]);
});

test("a token dies with the role of its person in the project, whatever other role the person has", async () => {
  const token = await makeToken({ project: home.slug, scope: "write" });
  const everywhere = await makeToken();
  expect(await ask(token, home.slug, "keys:issue")).toBe("admitted");
  const where = { projectId_userId: { projectId: home.id, userId: mia.userId } };
  await db.membership.update({ where, data: { role: "member" } });
  expect(await askAll(token, home.slug)).toEqual({ NOT_FOUND: PERMISSIONS });
  expect(await askAll(everywhere, home.slug)).toEqual({ NOT_FOUND: PERMISSIONS });
  await db.membership.delete({ where });
  expect(await askAll(token, home.slug)).toEqual({ NOT_FOUND: PERMISSIONS });
  expect(await ask(everywhere, other.slug, "keys:issue")).toBe("admitted");
});

test("a change that is in progress is stopped when the role is taken meanwhile", async () => {
  const caller = await readCaller(`Bearer ${await makeToken({ project: home.slug })}`, undefined);
  const { scope } = await admitToProject(caller, home.slug, { name: "Try", permission: "keys:issue" });
  await db.membership.update({
    where: { projectId_userId: { projectId: home.id, userId: mia.userId } },
    data: { role: "member" },
  });
  for (const permission of ["keys:issue", "storage:read"] as const)
    await expect(db.$transaction((tx) => assertStillAllowed(tx, scope, permission))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
});

test("a token of a project reaches nothing outside of it, and a platform role that is taken counts no more", async () => {
  const ada = await makeUser(db, `Ada ${randomUUID()}`, { platformRole: "support" });
  const limited = await readCaller(`Bearer ${await makeToken({ project: home.slug }, ada)}`, undefined);
  expect(() => authorizePlatform(limited, "keys:find")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  expect(await maySomewhere(limited, "tokens:own")).toBe(false);
  const token = await makeToken({}, ada);
  expect(await ask(token, home.slug, "keys:disable")).toBe("admitted");
  await db.$transaction((tx) => changeUser(tx, SYSTEM_ACTOR, ada.email, { platformRole: null }));
  expect(await ask(token, home.slug, "keys:disable")).toBe("NOT_FOUND");
});
