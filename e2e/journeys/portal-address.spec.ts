import { networkInterfaces } from "node:os";
import { readActionIds } from "../fixtures/portal-client";
import { expect, personOf, test } from "../fixtures/test";

/** The addresses of loopback on this machine, as URLs write them. */
const LOOPBACK = Object.values(networkInterfaces())
  .flatMap((entries) => entries ?? [])
  .filter(({ internal, address }) => internal && (address === "127.0.0.1" || address === "::1"))
  .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));

test("by default the portal has another host than the built-in S3 server", async ({ portal }) => {
  expect(portal.url).toBe(`http://localhost:${portal.environment.PORT}`);
  for (const { endpoint } of portal.regions) expect(new URL(endpoint).hostname).toBe("127.0.0.1");
});

test("a page at 127.0.0.1 leads to the portal, where signing in works", async ({ browser, portal }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${portal.environment.PORT}/projects`);
  await expect(page).toHaveURL(new RegExp(`^${portal.url}/login`));
  const person = personOf(portal, "member+");
  await page.getByRole("textbox", { name: "Email" }).fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  // The dashboard of the only project, or the list of the projects that other journeys made.
  await page.waitForURL((url) => url.pathname.startsWith("/projects"));
  expect(new URL(page.url()).origin).toBe(portal.url);

  const endpoint = portal.regions[0]?.endpoint ?? "";
  const asked = page.waitForRequest(`${endpoint}/`);
  await page.goto(endpoint);
  expect(Object.keys(await (await asked).allHeaders())).not.toContain("cookie");
  await page.goto(`${portal.url}/account`);
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
  await context.close();
});

test("health and the API answer at every address of loopback", async ({ portal }) => {
  expect(LOOPBACK).toContain("127.0.0.1");
  for (const host of [...LOOPBACK, "localhost"]) {
    const origin = `http://${host}:${portal.environment.PORT}`;
    const health = await fetch(`${origin}/api/health`);
    expect([host, health.status]).toEqual([host, 200]);
    expect(await health.json()).toHaveProperty("worker");
    const regions = await fetch(`${origin}/api/v1/projects/demo/regions`);
    expect([host, regions.status]).toEqual([host, 401]);
  }
});

test("an action is accepted from the portal's own origin only", async ({ portal }) => {
  const [id = ""] = (await readActionIds()).values();
  const act = async (origin: string) => {
    const headers = { origin, "next-action": id, "content-type": "text/plain;charset=UTF-8" };
    const reply = await fetch(`${portal.url}/login`, { method: "POST", headers, body: "[]" });
    return reply.status;
  };
  expect(await act(`http://127.0.0.1:${portal.environment.PORT}`)).toBe(403);
  expect(await act(portal.url)).toBe(200);
});
