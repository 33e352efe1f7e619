import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { expireKey } from "@/lib/access-keys/lifecycle/expire";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { createApi } from "@/lib/api/app";
import { authorizeProject } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { makeUser } from "@/testing/factories/people";
import { type Credentials, minutesFromNow, useShortLivedKeys } from "@/testing/factories/short-lived-keys";

const api = createApi();
const keys = useShortLivedKeys(api);
const { run, get, ask, rowOf, countKeys, letLast, letCheckAge } = keys;

const problem = (status: number, code: string, detail: string, more: object = {}) =>
  Response.json({ type: "about:blank", title: code, status, code, detail, ...more }, { status });

describe("a renewal", () => {
  test("gives another key, and both work until the old one is removed at its end with a receipt", async () => {
    const first = await get();
    await letLast(19);
    const second = await get();
    expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
    expect(await get()).toEqual(second);
    expect([await ask(first), await ask(second)]).toEqual(["accepted", "accepted"]);

    const { id } = await rowOf(first);
    await db.accessKey.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    await expireKey(id);
    await revokeKey(id);
    expect(await rowOf(first)).toMatchObject({
      state: "REVOKED",
      endedById: null,
      endReason: "expired",
      receipts: [{ firstRefusedAt: expect.any(Date) }],
    });
    expect([await ask(first), await ask(second)]).toEqual(["refused-unknown", "accepted"]);
  });

  test("comes too after the machine slept past the end", async () => {
    const first = await get();
    await letLast(-1);
    await expireKey((await rowOf(first)).id);
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test.each([
    ["the portal is down", async () => new Response("", { status: 503 })],
    ["the portal cannot make one", async () => problem(409, "CONFLICT", "There are too many named keys.")],
  ])("that fails because %s leaves the old key, with a warning, while it works", async (_why, answer) => {
    const first = await get();
    const date = await letLast(2);
    keys.intercept = (request) => (request.method === "POST" ? answer() : undefined);
    const { code, printed, complaint } = await run();
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ AccessKeyId: first.AccessKeyId, Expiration: date });
    expect(complaint).toContain(`The key ${first.AccessKeyId} is used, which works until`);
    expect(complaint).not.toContain(first.SecretAccessKey);
    await letLast(0.5);
    expect(await run()).toMatchObject({ printed: "", code: expect.toSatisfy((code) => code !== 0) });
    keys.intercept = undefined;
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test("waits for other changes of the project", async () => {
    const first = await get();
    await letLast(19);
    let locked = 2;
    const busy = async () => problem(409, "CONFLICT", "Another change is in progress here.", { reason: "busy" });
    keys.intercept = ({ method }) => (method === "POST" && locked-- > 0 ? busy() : undefined);
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
    expect(locked).toBeLessThan(0);
  });

  test("whose answer was lost leaves no key behind that nobody knows", async () => {
    const first = await get();
    await letLast(19);
    const lose = async (request: Request) => {
      await api.fetch(request);
      return new Response("", { status: 503 });
    };
    keys.intercept = (request) => (request.url.endsWith("/enable") ? lose(request) : undefined);
    expect((await run()).complaint).toContain(`The key ${first.AccessKeyId} is used`);
    keys.intercept = undefined;
    const second = await get();
    const states = await db.accessKey.findMany({
      where: { project: { slug: keys.project } },
      orderBy: { createdAt: "asc" },
      select: { accessKeyId: true, state: true },
    });
    expect(states).toHaveLength(3);
    expect(states[0]).toEqual({ accessKeyId: first.AccessKeyId, state: "ACTIVE" });
    expect(states[1]?.state).toMatch(/^REVOK(ING|ED)$/);
    expect(states[2]).toEqual({ accessKeyId: second.AccessKeyId, state: "ACTIVE" });
  });
});

describe("a key that somebody ended at the portal", () => {
  const disable = async ({ AccessKeyId }: Credentials) => {
    const max = await makeUser(db, "Max", { platformRole: "support" });
    const scope = await authorizeProject(max, keys.project, "keys:disable");
    const { slot } = await db.accessKey.findUniqueOrThrow({ where: { accessKeyId: AccessKeyId } });
    await disableAccess({ scope, region: "north", slot, requestId: randomUUID(), reason: "found in a log" });
  };

  test("is not handed out any more, and no new one is made until a person says so", async () => {
    const first = await get();
    await disable(first);
    // Nobody asks the portal each time.
    expect(await get()).toEqual(first);
    await letCheckAge();
    const refused = await run();
    expect(refused).toMatchObject({ code: 4, printed: "" });
    expect(refused.complaint).toContain(
      `The key ${first.AccessKeyId} was ended by Max (found in a log) at the portal.`,
    );
    await letLast(-1);
    expect(await run()).toMatchObject({ code: 4, printed: "" });
    expect(await countKeys()).toBe(1);
    expect(await run(["--forget"])).toMatchObject({ code: 0 });
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test("may also be switched off, or have an earlier date", async () => {
    const first = await get();
    const at = `${keys.portal.url}/api/v1/projects/${keys.project}/regions/north`;
    const headers = { authorization: `Bearer ${keys.token}`, "content-type": "application/json" };
    const patch = async (content: object) => {
      const body = JSON.stringify({ requestId: randomUUID(), name: (await rowOf(first)).slot, ...content });
      expect((await fetch(at, { method: "PATCH", headers, body })).status).toBe(200);
    };
    await patch({ state: "INACTIVE" });
    await letCheckAge();
    expect((await run()).complaint).toContain("is switched off at the portal");
    await patch({ state: "ACTIVE" });
    expect(await get()).toEqual(first);
    const date = minutesFromNow(60);
    await patch({ expirationDate: date });
    await letCheckAge();
    expect(await get()).toEqual({ ...first, Expiration: date });
    await patch({ expirationDate: minutesFromNow(10) });
    await letCheckAge();
    expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
  });

  test("is asked about once in a while, also when the portal is down", async () => {
    const first = await get();
    await letCheckAge();
    keys.requests = [];
    expect(await get()).toEqual(first);
    expect(await get()).toEqual(first);
    expect(keys.requests).toEqual([`GET /api/v1/projects/${keys.project}/keys/${first.AccessKeyId}`]);
    await letCheckAge();
    keys.intercept = async () => new Response("", { status: 503 });
    const warned = await run();
    expect(warned).toMatchObject({ code: 0, complaint: expect.stringContaining("answered 503") });
    expect(JSON.parse(warned.printed)).toEqual(first);
    // The portal is asked again when it would be asked anyway.
    expect(await get()).toEqual(first);
  });

  test("is refused by the portal when the token is", async () => {
    await get();
    await letCheckAge();
    await db.apiToken.updateMany({ where: { userId: keys.mia.userId }, data: { revokedAt: new Date() } });
    expect(await run()).toMatchObject({ code: 3, printed: "" });
  });
});
