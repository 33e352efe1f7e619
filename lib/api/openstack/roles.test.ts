import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createIdentityApi } from "@/lib/api/openstack/app";
import { type Actor, authorizeProject } from "@/lib/gate/scope";
import type { PlatformRole, ProjectRole } from "@/lib/gate/permissions";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { byCredential, byPassword, IdentityCaller } from "@/testing/factories/identity-caller";
import { makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const PASSWORD = randomUUID();
const stranger = new IdentityCaller(createIdentityApi().request);
let storage: Storage;
let mia: Actor;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  mia = await makeUser(db, `Mia ${randomUUID()}`);
});

/** A person with a role, and the project with a key that somebody else made. */
async function start(role: ProjectRole | undefined, platformRole?: PlatformRole) {
  const options = { password: PASSWORD, ...(platformRole ? { platformRole } : {}) };
  const person = await makeUser(db, `Ada ${randomUUID()}`, options);
  const { slug } = await makeProject(db, [[mia, "admin"], ...(role ? [[person, role] as [Actor, ProjectRole]] : [])]);
  const { change } = await makeKey(await authorizeProject(mia, slug, "keys:issue"), "north");
  return { person, slug, access: change.accessKeyId };
}

/** What the endpoint answers to list, show, create and delete. */
async function tryAll(caller: IdentityCaller, access: string): Promise<number[]> {
  const list = await caller.list("north");
  const show = await caller.show("north", access);
  const create = await caller.create("north");
  const end = await caller.delete("north", access);
  return [list, show, create, end].map(({ status }) => status);
}

const TABLE: [ProjectRole | undefined, PlatformRole | undefined, number[]][] = [
  ["admin", undefined, [200, 200, 201, 204]],
  ["member+", undefined, [200, 200, 201, 204]],
  ["member", undefined, [404, 404, 404, 404]],
  // Support may end a key with a reason, and OpenStack's client cannot send one.
  [undefined, "support", [200, 200, 404, 400]],
  [undefined, "platform-admin", [200, 200, 404, 400]],
  ["member+", "support", [200, 200, 201, 204]],
];

test.each(TABLE)(
  "a person with the role %s and the platform role %s is answered %j",
  async (role, platform, answers) => {
    const { person, slug, access } = await start(role, platform);
    const caller = await stranger.signIn(byPassword(person.email, PASSWORD, slug));
    expect(await tryAll(caller, access)).toEqual(answers);
    const ended = (await db.accessKey.findUniqueOrThrow({ where: { accessKeyId: access } })).endedAt !== null;
    expect(ended).toBe(answers[3] === 204);
    const refused = await db.auditEvent.count({ where: { actorId: person.userId, event: "action.refused" } });
    expect(refused).toBe(answers.filter((status) => status >= 400).length);
  },
);

test("support reads where a reason can be given", async () => {
  const { person, slug, access } = await start(undefined, "support");
  const caller = await stranger.signIn(byPassword(person.email, PASSWORD, slug));
  expect(await (await caller.delete("north", access)).json()).toEqual({
    error: {
      code: 400,
      title: "Bad Request",
      message:
        "Say why you take the access away. Nothing was changed. OpenStack's client takes no reason: use the portal or the API.",
    },
  });
});

test("a person without a role, and a plain member with an access token, get no token", async () => {
  const outsider = await start(undefined);
  const signIn = (body: object) => stranger.send("POST", "/v3/auth/tokens", body);
  expect((await signIn(byPassword(outsider.person.email, PASSWORD, outsider.slug))).status).toBe(401);
  const member = await start("member");
  const token = await makeToken(db, member.person, { project: member.slug });
  expect((await signIn(byCredential(token))).status).toBe(401);
});

test("an access token that may only read is refused every change", async () => {
  const { person, slug, access } = await start("member+");
  const token = await makeToken(db, person, { project: slug, scope: "read" });
  const caller = await stranger.signIn(byCredential(token));
  expect(await tryAll(caller, access)).toEqual([200, 200, 403, 403]);
});

test("a role is read anew at each call", async () => {
  const { person, slug, access } = await start("member+");
  const caller = await stranger.signIn(byPassword(person.email, PASSWORD, slug));
  const where = { userId: person.userId };
  await db.membership.updateMany({ where, data: { role: "member" } });
  expect(await tryAll(caller, access)).toEqual([404, 404, 404, 404]);
  await db.membership.updateMany({ where, data: { role: "admin" } });
  expect(await tryAll(caller, access)).toEqual([200, 200, 201, 204]);
});

test("the addresses of another user and another project are refused", async () => {
  const { person, slug, access } = await start("admin");
  const caller = await stranger.signIn(byPassword(person.email, PASSWORD, slug));
  const at = (user: string) => `/regions/north/v3/users/${user}/credentials/OS-EC2`;
  for (const user of [mia.userId, randomUUID(), "x"]) {
    expect((await caller.send("GET", at(user))).status).toBe(403);
    expect((await caller.send("POST", at(user), { tenant_id: caller.token?.project?.id })).status).toBe(403);
    expect((await caller.send("DELETE", `${at(user)}/${access}`)).status).toBe(403);
  }
  const { id } = await makeProject(db, [[person, "admin"]]);
  for (const project of [id, randomUUID(), null])
    expect((await caller.send("POST", at(person.userId), { tenant_id: project })).status).toBe(403);
  expect(await db.accessKey.count({ where: { createdById: person.userId } })).toBe(0);
});
