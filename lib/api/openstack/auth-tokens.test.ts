import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { revokeToken } from "@/lib/api-tokens/mutations";
import { createIdentityApi } from "@/lib/api/openstack/app";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { SIGN_IN_NETWORK } from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { hashPassword } from "@/lib/platform/crypto/password";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { removeMember } from "@/lib/members/mutations";
import { SESSION_IDLE_SECONDS } from "@/lib/sessions/rules";
import { setPassword, setUserDisabled } from "@/lib/users/mutations";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { byCredential, byPassword, IdentityCaller, type TokenBody } from "@/testing/factories/identity-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const PASSWORD = randomUUID();
const stranger = new IdentityCaller(createIdentityApi().request);
let storage: Storage;
let mia: Actor;
let home: { id: string; slug: string };

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  mia = await makeUser(db, `Mia ${randomUUID()}`, { password: PASSWORD });
  home = await makeProject(db, [[mia, "member+"]]);
});

const withPassword = () => stranger.signIn(byPassword(mia.email, PASSWORD, home.slug));
const withToken = async () => stranger.signIn(byCredential(await makeToken(db, mia, { project: home.slug })));
const attempt = (body: object, headers: Record<string, string> = {}) =>
  stranger.send("POST", "/v3/auth/tokens", body, headers);
const messageOf = async (reply: Response) => ((await reply.json()) as { error: { message: string } }).error.message;
const countSessions = () => db.session.count({ where: { userId: mia.userId, revokedAt: null } });
/** Whether a program still gets in: the status of a list of keys. */
const use = async (caller: IdentityCaller) => (await caller.list("north")).status;

test.each([
  ["password", withPassword],
  ["application_credential", withToken],
])("a token by %s tells who it is for, the project, the roles and the regions", async (method, signIn) => {
  const { token } = await signIn();
  const domain = { id: "default", name: "Default" };
  expect(token).toMatchObject({
    methods: [method],
    user: { id: mia.userId, name: mia.email, domain },
    project: { id: home.id, name: home.slug, domain },
    roles: [{ name: "member+" }],
  });
  const lasts = Date.parse(token?.expires_at ?? "") - Date.parse(token?.issued_at ?? "");
  expect(lasts).toBe(3_600_000);
});

test("the first entry of the catalogue is no region, and every interface of a region is the same address", async () => {
  const { token } = await withToken();
  const at = (region: string) => `${env.LATCHKEY_URL}/identity/regions/${region}/v3`;
  const told = token?.catalog.map(({ type, endpoints }) => [
    type,
    endpoints.map(({ region_id, url }) => [region_id, url]),
  ]);
  const hint = ["set-OS_REGION_NAME", at("-")];
  const [north, south] = [
    ["north", at("north")],
    ["south", at("south")],
  ];
  expect(told).toEqual([["identity", [hint, hint, hint, north, north, north, south, south, south]]]);
  expect([...new Set(token?.catalog[0]?.endpoints.map((endpoint) => endpoint.interface))]).toEqual([
    "public",
    "internal",
    "admin",
  ]);
});

test("without a region everything is refused with the regions' names, and strangers do not read the names", async () => {
  const caller = await withToken();
  const keys = `/users/${mia.userId}/credentials/OS-EC2`;
  for (const [method, path] of [
    ["GET", `/regions/-/v3${keys}`],
    ["POST", `/regions/-/v3${keys}`],
    ["DELETE", `/regions/-/v3${keys}/LKX`],
    ["GET", `/regions/-/v3/users/${mia.userId}`],
    ["POST", `/v3${keys}`],
  ] as const) {
    const refused = await caller.send(method, path);
    expect([refused.status, await messageOf(refused)]).toEqual([
      400,
      "There are several regions: north, south. Set OS_REGION_NAME, or --os-region-name, to one of them. Nothing was changed.",
    ]);
    const unknown = await stranger.send(method, path);
    expect([unknown.status, await messageOf(unknown)]).toEqual([401, expect.not.stringContaining("north")]);
  }
  const nowhere = await caller.list("nowhere");
  expect([nowhere.status, await messageOf(nowhere)]).toEqual([404, expect.stringContaining("north, south")]);
  expect(await db.accessKey.count({ where: { projectId: home.id } })).toBe(0);
});

test("where there is one region, the catalogue has this region alone, and the region need not be chosen", async () => {
  const south = await db.region.findUniqueOrThrow({ where: { name: "south" } });
  await db.region.delete({ where: { id: south.id } });
  try {
    const caller = await withToken();
    expect([...new Set(caller.token?.catalog[0]?.endpoints.map(({ region_id }) => region_id))]).toEqual(["north"]);
    const listed = await caller.send("GET", `/v3/users/${mia.userId}/credentials/OS-EC2`);
    expect(listed.status).toBe(200);
  } finally {
    const { settings, ...kept } = south;
    await db.region.create({ data: { ...kept, settings: settings ?? {}, calibration: undefined } });
  }
});

test.each([
  ["a wrong password", () => byPassword(mia.email, "wrong", home.slug), "e-mail address or the password is wrong"],
  ["an unknown person", () => byPassword("nobody@example.test", PASSWORD), "e-mail address or the password is wrong"],
  ["an unknown project", () => byPassword(mia.email, PASSWORD, "nowhere"), "no project with this name or id for you"],
  ["a project that has no such form", () => byPassword(mia.email, PASSWORD, "No Name!"), "no project with this name"],
  ["a secret that is no token", () => byCredential("a guess"), "The token is missing, unknown"],
  ["a token that was never made", () => byCredential(`lkt_${"x".repeat(48)}`), "The token is missing, unknown"],
])("%s is 401 with a sentence in the form of Keystone, and leaves no session", async (_name, body, sentence) => {
  const refused = await attempt(body());
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe(`Keystone uri="${env.LATCHKEY_URL}/identity/v3"`);
  expect(await refused.json()).toEqual({
    error: { code: 401, title: "Unauthorized", message: expect.stringContaining(sentence) as string },
  });
  expect(await countSessions()).toBe(0);
});

test("a project is given by its name in addresses or by its id, and another person's is not there", async () => {
  const byId = byPassword(mia.email, PASSWORD);
  const told = await stranger.signIn({ auth: { ...byId.auth, scope: { project: { id: home.id } } } });
  expect(told.token?.project?.name).toBe(home.slug);
  const other = await makeProject(db, []);
  for (const scope of [
    { project: { id: other.id } },
    { project: { name: other.slug } },
    { project: { id: randomUUID() } },
  ])
    expect((await attempt({ auth: { ...byId.auth, scope } })).status).toBe(401);
});

test("an access token is for its project; without one of its own it takes the project that is asked for", async () => {
  const second = await makeProject(db, [[mia, "admin"]]);
  const limited = await makeToken(db, mia, { project: home.slug });
  const named = (name: string) => ({ project: { name, domain: { id: "default" } } });
  expect((await attempt(byCredential(limited, named(second.slug)))).status).toBe(401);
  const [own, free] = [
    await stranger.signIn(byCredential(limited, named(home.slug))),
    await stranger.signIn(byCredential(await makeToken(db, mia), named(second.slug))),
  ];
  expect([own.token?.project?.id, free.token?.project?.id]).toEqual([home.id, second.id]);
});

test("without a project a token tells the projects, and is refused for keys with a sentence", async () => {
  const second = await makeProject(db, [[mia, "member"]]);
  for (const body of [
    byPassword(mia.email, PASSWORD),
    byCredential(await makeToken(db, mia)),
    byCredential(await makeToken(db, mia), "unscoped"),
  ]) {
    const caller = await stranger.signIn(body);
    expect([caller.token?.project, caller.token?.roles]).toEqual([undefined, undefined]);
    for (const path of ["/v3/auth/projects", `/regions/north/v3/users/${mia.userId}/projects`]) {
      const { projects } = (await (await caller.send("GET", path)).json()) as { projects: { id: string }[] };
      expect(projects.map(({ id }) => id).sort()).toEqual([home.id, second.id].sort());
    }
    const refused = await caller.list("north");
    expect([refused.status, await messageOf(refused)]).toEqual([400, expect.stringContaining("Set OS_PROJECT_NAME")]);
  }
});

test("the caller finds their own user and projects by id and by name, and the only domain", async () => {
  const caller = await withToken();
  await makeProject(db, [[mia, "admin"]]);
  const read = async (path: string) => {
    const reply = await caller.send("GET", `/regions/north/v3${path}`);
    return [reply.status, (await reply.json()) as Record<string, { id?: string }>] as const;
  };
  for (const given of [mia.userId, mia.email])
    expect(await read(`/users/${given}`)).toMatchObject([200, { user: { id: mia.userId, name: mia.email } }]);
  for (const given of [home.id, home.slug])
    expect(await read(`/projects/${given}`)).toMatchObject([200, { project: { id: home.id, name: home.slug } }]);
  expect(await read("/projects")).toMatchObject([200, { projects: [{ id: home.id }] }]);
  expect(await read(`/users?name=${mia.email}`)).toMatchObject([200, { users: [{ id: mia.userId }] }]);
  expect(await read("/users?name=nobody")).toMatchObject([200, { users: [] }]);
  expect(await read("/domains/Default")).toMatchObject([200, { domain: { id: "default" } }]);
  expect(await read("/domains")).toMatchObject([200, { domains: [{ id: "default" }] }]);
  for (const path of ["/users/nobody", `/users/${randomUUID()}/projects`, "/projects/x", "/domains/x", "/services"])
    expect(await read(path)).toMatchObject([404, { error: { code: 404, title: "Not Found" } }]);
});

const DEATHS: [string, () => Promise<unknown>, number][] = [
  ["the person is disabled", () => db.$transaction((tx) => setUserDisabled(tx, SYSTEM_ACTOR, mia.email, true)), 401],
  ["the password is set", setAnotherPassword, 401],
  [
    "the role is taken",
    () => db.$transaction((tx) => removeMember(tx, SYSTEM_ACTOR, { project: home.slug, email: mia.email })),
    404,
  ],
  [
    "the project is disabled",
    () => db.project.update({ where: { id: home.id }, data: { disabledAt: new Date() } }),
    404,
  ],
  ["an hour has passed", passAnHour, 401],
];
async function setAnotherPassword(): Promise<void> {
  const hash = await hashPassword(randomUUID());
  await db.$transaction((tx) => setPassword(tx, SYSTEM_ACTOR, mia.email, hash));
}
/** An hour and the tolerance of clocks. The database's times go with it, so that nothing else ends the session. */
async function passAnHour(): Promise<void> {
  vi.useFakeTimers({ now: Date.now() + 3_620_000, toFake: ["Date"] });
  await db.session.updateMany({ where: { userId: mia.userId }, data: { lastSeenAt: new Date() } });
  await db.apiToken.updateMany({ where: { userId: mia.userId }, data: { expiresAt: new Date(Date.now() + 60_000) } });
}

test.each(DEATHS)("when %s, the next call of a token that was given before is refused", async (_what, end, status) => {
  for (const signIn of [withPassword, withToken]) {
    const caller = await signIn();
    expect(await use(caller)).toBe(200);
    await end();
    expect(await use(caller)).toBe(status);
    vi.useRealTimers();
    mia = await makeUser(db, `Mia ${randomUUID()}`, { password: PASSWORD });
    home = await makeProject(db, [[mia, "member+"]]);
  }
});

test("a token by password ends with its session: when it is idle, and when the program signs out", async () => {
  const idle = await withPassword();
  expect(await use(idle)).toBe(200);
  const past = new Date(Date.now() - SESSION_IDLE_SECONDS * 1_000);
  await db.session.updateMany({ where: { userId: mia.userId }, data: { lastSeenAt: past } });
  expect(await use(idle)).toBe(401);

  const caller = await withPassword();
  const subject = { "x-subject-token": caller.authToken ?? "" };
  expect((await caller.send("DELETE", "/v3/auth/tokens", undefined, subject)).status).toBe(204);
  expect(await use(caller)).toBe(401);
  const events = await db.auditEvent.findMany({
    where: { actorId: mia.userId },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  expect(events.map(({ event }) => event)).toEqual(["session.started", "session.started", "session.ended"]);
});

test("a sign-in that fails after the password leaves no session", async () => {
  await db.$executeRaw`ALTER TABLE regions RENAME TO regions_away`;
  const failed = await attempt(byPassword(mia.email, PASSWORD, home.slug));
  await db.$executeRaw`ALTER TABLE regions_away RENAME TO regions`;
  expect([failed.status, failed.headers.get("x-subject-token"), await countSessions()]).toEqual([500, null, 0]);
});

test("a token by access token ends with the access token, and not by signing out", async () => {
  const caller = await withToken();
  const subject = { "x-subject-token": caller.authToken ?? "" };
  const kept = await caller.send("DELETE", "/v3/auth/tokens", undefined, subject);
  expect([kept.status, await messageOf(kept)]).toEqual([403, expect.stringContaining("revoked in the portal")]);
  expect(await use(caller)).toBe(200);
  const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId } });
  await db.apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await use(caller)).toBe(401);
  const second = await withToken();
  const { id: other } = await db.apiToken.findFirstOrThrow({ where: { userId: mia.userId, id: { not: id } } });
  await db.$transaction((tx) => revokeToken(tx, SYSTEM_ACTOR, other));
  expect(await use(second)).toBe(401);
});

test("only one's own token is told or ended", async () => {
  const [caller, other] = [await withToken(), await withPassword()];
  const eve = await makeUser(db, `Eve ${randomUUID()}`, { password: PASSWORD });
  const { slug } = await makeProject(db, [[eve, "admin"]]);
  const foreign = await stranger.signIn(byPassword(eve.email, PASSWORD, slug));
  const about = (token: string | undefined) => ({ "x-subject-token": token ?? "" });
  const told = await caller.send("GET", "/v3/auth/tokens", undefined, about(caller.authToken));
  expect(told.status).toBe(200);
  expect(((await told.json()) as { token: TokenBody }).token).toEqual(caller.token);
  expect((await caller.send("HEAD", "/v3/auth/tokens", undefined, about(caller.authToken))).status).toBe(200);
  expect((await caller.send("GET", "/v3/auth/tokens", undefined, about(other.authToken))).status).toBe(403);
  expect((await caller.send("DELETE", "/v3/auth/tokens", undefined, about(foreign.authToken))).status).toBe(403);
  expect((await foreign.list("north")).status).toBe(200);
  expect((await caller.send("DELETE", "/v3/auth/tokens", undefined, about(other.authToken))).status).toBe(204);
});

test("neither a session id, nor a session's cookie, nor an access token, nor a changed token gets in", async () => {
  const caller = await withPassword();
  const { id: sid } = await db.session.findFirstOrThrow({ where: { userId: mia.userId } });
  const secret = env.LATCHKEY_SESSION_SECRET;
  const good = caller.authToken ?? "";
  const cookie = await encode({ token: { sid, project: home.slug }, secret });
  const other = await encode({
    token: { sid, project: home.slug },
    secret: "x".repeat(40),
    salt: "OpenStack endpoint",
  });
  // The last bits of the last character mean nothing, so the first character after the last dot is changed.
  const changed = good.replace(/[^.](?=[^.]*$)/, (first) => (first === "A" ? "B" : "A"));
  const access = await makeToken(db, mia, { project: home.slug });
  const path = `/regions/north/v3/users/${mia.userId}/credentials/OS-EC2`;
  const statuses: number[] = [];
  for (const token of [sid, cookie, other, changed, access, "", "x.y", "..", "\u00e9"]) {
    const reply = await stranger.send("GET", path, undefined, {
      "x-auth-token": token,
      cookie: `latchkey.session=${cookie}`,
    });
    statuses.push(reply.status);
  }
  expect([...new Set(statuses)]).toEqual([401]);
  const bearer = await stranger.send("GET", path, undefined, { authorization: `Bearer ${access}` });
  expect([bearer.status, await use(caller)]).toEqual([401, 200]);
});

test.each([
  [
    "tokens",
    (headers: object) => stranger.send("GET", "/v3/auth/projects", undefined, { "x-auth-token": "x", ...headers }),
  ],
  ["access tokens", (headers: object) => attempt(byCredential("lkt_guess"), { ...headers })],
])("a network that guesses %s is held back, and others are not", async (_what, guess) => {
  const from = (address: string) => ({ [CLIENT_ADDRESS_HEADER]: address });
  for (let turn = 0; turn < SIGN_IN_NETWORK.points; turn += 1)
    expect((await guess(from("192.0.2.9"))).status).toBe(401);
  const held = await guess(from("192.0.2.9"));
  expect([held.status, Number(held.headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
  expect((await guess(from("192.0.2.10"))).status).toBe(401);
  const bearer = { authorization: "Bearer guess", ...from("192.0.2.9") };
  expect((await stranger.send("GET", "/v3/auth/projects", undefined, bearer)).status).toBe(429);
});

test("wrong passwords are held back like those of the sign-in page", async () => {
  const from = { [CLIENT_ADDRESS_HEADER]: "192.0.2.9" };
  for (let turn = 0; turn < 8; turn += 1)
    expect((await attempt(byPassword(mia.email, "wrong"), from)).status).toBe(401);
  expect((await attempt(byPassword(mia.email, PASSWORD), from)).status).toBe(429);
});
