import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import type { IssuedKey } from "../fixtures/portal-client";
import { aws } from "../fixtures/s3-tools";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, test } from "../fixtures/test";

const PROJECT = "for-programs";

test("a program with a token enables, regenerates and disables, and its keys work with the real aws", async ({
  portal,
  browser,
}) => {
  const { email } = personOf(portal, "member+");
  await runAdmin(portal, ["project", "create", PROJECT, "--name", "For programs"]);
  await runAdmin(portal, ["member", "set", PROJECT, email, "member+"]);
  const token = (await runAdmin(portal, ["token", "create", email, "--name", "nightly"])).trim();
  expect(token).toMatch(/^lkt_[A-Za-z0-9]{54}$/);
  const listed = await runAdmin(portal, ["token", "list", email]);
  expect(listed).toContain("nightly");
  expect(listed).not.toContain(token);

  const place = `${portal.url}/api/v1/projects/${PROJECT}/regions/south`;
  const call = (verb: string, input: object, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
    fetch(`${place}/${verb}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(input),
    });
  const issue = async (verb: string): Promise<IssuedKey> => {
    const reply = await call(verb, { requestId: randomUUID(), ...(verb === "enable" ? {} : { confirm: "confirm" }) });
    expect([reply.status, reply.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const { secretKey, ...issued } = (await reply.json()) as IssuedKey & { secretKey: string };
    return { ...issued, secretAccessKey: secretKey };
  };
  const works = async (key: IssuedKey) => (await aws(key, ["s3", "ls"])).code === 0;

  const first = await issue("enable");
  expect(await works(first)).toBe(true);
  const second = await issue("regenerate");
  expect(await works(second)).toBe(true);
  await expect.poll(() => works(first), { timeout: 120_000 }).toBe(false);
  expect((await call("disable", { requestId: randomUUID(), confirm: "confirm" })).status).toBe(202);
  await expect.poll(() => works(second), { timeout: 120_000 }).toBe(false);

  // The API ignores the session cookie, so another site cannot use a signed-in browser.
  const context = await browser.newContext({ baseURL: portal.url });
  await signInByRequest(context, portal.url, personOf(portal, "member+"));
  expect((await context.request.post(`${place}/enable`, { data: { requestId: randomUUID() } })).status()).toBe(401);
  await context.close();
  for (const path of ["/api/v1/projects/%2e%2e/regions", "/api/v1/", "/api/v1/nothing", "/api/v1//projects"]) {
    const reply = await fetch(`${portal.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect([400, 404], path).toContain(reply.status);
  }

  const id = new RegExp(`^(\\S+) .*nightly`, "m").exec(listed)?.[1] ?? "";
  await runAdmin(portal, ["token", "revoke", id]);
  expect((await call("enable", { requestId: randomUUID() })).status).toBe(401);
  const log = await readFile(join(portal.dataDir, "up.log"), "utf8");
  expect([token, first.secretAccessKey, second.secretAccessKey].filter((secret) => log.includes(secret))).toEqual([]);
});
