import { expect, personOf, test } from "../fixtures/test";

test("/favicon.ico leads to the icon, signed in or not", async ({ portal }) => {
  const reply = await fetch(new URL("/favicon.ico", portal.url));
  expect([reply.status, reply.headers.get("content-type"), new URL(reply.url).pathname]).toEqual([
    200,
    "image/svg+xml",
    "/icon.svg",
  ]);
});

test("the files that browsers ask for are there for everybody, and they may be kept", async ({ portal }) => {
  const types = {
    "/icon.svg": "image/svg+xml",
    "/apple-touch-icon.png": "image/png",
    "/icons/icon-192.png": "image/png",
    "/manifest.webmanifest": "application/manifest+json",
    "/robots.txt": "text/plain; charset=UTF-8",
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await fetch(portal.url + path);
    expect([path, status, headers.get("content-type")]).toEqual([path, 200, type]);
    expect(headers.get("cache-control"), path).toMatch(/^public, max-age=/);
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("set-cookie"), path).toBeNull();
  }
  expect(await (await fetch(`${portal.url}/robots.txt`)).text()).toContain("Disallow: /\n");
});

test("signing in through the form, and out again, ends the session on the server", async ({ browser, portal }) => {
  const person = personOf(portal, "member+");
  const context = await browser.newContext({ baseURL: portal.url });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByRole("textbox", { name: "Email" }).fill(person.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Email or password is wrong")).toBeVisible();
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Object Storage Dashboard" })).toBeVisible();
  const cookies = await context.cookies();
  const session = cookies.find((cookie) => cookie.name.includes("session"));
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  await page.getByRole("button", { name: /account/i }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login/);
  const reply = await fetch(`${portal.url}/api/projects/demo/cards`, {
    headers: { cookie: `${session?.name}=${session?.value}` },
  });
  expect(reply.status).toBe(401);
  await context.close();
});

test("too many attempts are refused, and the page says when to try again", async ({ browser, portal }) => {
  const context = await browser.newContext({ baseURL: portal.url });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByRole("textbox", { name: "Email" }).fill("guessed@example.test");
  const button = page.getByRole("button", { name: "Sign in" });
  await expect(async () => {
    await page.getByLabel("Password").fill("guess");
    await button.click();
    await expect(button).toBeEnabled();
    await expect(page.getByText(/try again in/i)).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 180_000, intervals: [50] });
  await context.close();
});

test("every page has the security headers", async ({ portal }) => {
  const reply = await fetch(`${portal.url}/login`);
  const policy = reply.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/script-src 'self' 'nonce-[0-9a-f]{32}' 'strict-dynamic'/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-eval");
  expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
  expect(reply.headers.get("referrer-policy")).toBeTruthy();
  expect(reply.headers.get("cache-control")).toContain("no-store");
  const again = await fetch(`${portal.url}/login`);
  expect(again.headers.get("content-security-policy")).not.toBe(policy);
});

test("health is public, and its details are for the machine itself", async ({ portal }) => {
  const local = (await (await fetch(`${portal.url}/api/health`)).json()) as Record<string, unknown>;
  expect(local).toMatchObject({ version: expect.any(String), worker: "ok" });
  const forged = await fetch(`${portal.url}/api/health`, { headers: { "x-forwarded-for": "203.0.113.9" } });
  expect(await forged.json()).toHaveProperty("worker");
});
