import { randomUUID } from "node:crypto";
import { CredentialsPage } from "./fixtures/credentials-page";
import { expect, personOf, test } from "./fixtures/test";

const NOT_FOUND = [/404/];

test.describe("a member", () => {
  test.use({ expectedErrors: NOT_FOUND });

  test("sees the dashboard without keys, and everything behind them is 404", async ({ openAs }) => {
    const page = await openAs("member");
    await page.goto("/projects/demo/object-storage");
    await expect(page.getByRole("heading", { name: "Object Storage Dashboard" })).toBeVisible();
    await expect(page.getByRole("link", { name: "S3 Keys" })).toHaveCount(0);
    await expect(page.getByRole("heading", { name: "Object Storage Credentials" })).toHaveCount(0);
    await expect(page.getByRole("article")).toHaveCount(0);
    for (const path of ["/projects/demo/object-storage/keys", "/support", "/admin", "/projects/other/object-storage"]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
    }
    expect((await page.request.get("/api/projects/demo/cards")).status()).toBe(404);
    expect((await page.request.get("/api/projects/other/cards")).status()).toBe(404);
  });
});

test("nobody who is signed out reads anything", async ({ browser, portal }) => {
  const context = await browser.newContext({ baseURL: portal.url });
  expect((await context.request.get("/api/projects/demo/cards")).status()).toBe(401);
  const page = await context.newPage();
  for (const path of ["/", "/projects/demo/object-storage", "/admin", "/support", "/account"]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/login/);
  }
  await context.close();
});

test("support finds a key by its id and disables it with a reason", async ({ openAs, portal }) => {
  const mia = new CredentialsPage(await openAs("member+"), portal);
  await mia.open();
  const { accessKeyId } = await mia.issue("north");
  await mia.hideSecret();

  const page = await openAs("support");
  await page.goto("/");
  await expect(page).toHaveURL(/\/support/);
  await page.getByRole("searchbox").or(page.getByRole("textbox")).first().fill(accessKeyId);
  await page.keyboard.press("Enter");
  await expect(page.getByText(accessKeyId).first()).toBeVisible();
  await expect(page.getByText("Demo").first()).toBeVisible();
  await page.getByRole("button", { name: "Disable Access" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("found in a public repository");
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await mia.expectState("north", "DISABLED");
  for (const name of ["Enable CLI Access", "Regenerate Keys"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await mia.page.goto("/projects/demo/object-storage/keys");
  await mia.page.getByText(accessKeyId).first().click();
  await expect(mia.page.getByText("found in a public repository").first()).toBeVisible();
});

test("a platform admin reads the lists of users, projects and regions", async ({ openAs, portal }) => {
  const page = await openAs("platform-admin");
  await page.goto("/");
  await expect(page).toHaveURL(/\/admin/);
  await page.getByRole("link", { name: "Users" }).first().click();
  await expect(page.getByText(personOf(portal, "member+").email).first()).toBeVisible();
  await page.getByRole("link", { name: "Projects" }).first().click();
  await expect(page.getByText("demo").first()).toBeVisible();
  await page.getByRole("link", { name: "Regions" }).first().click();
  for (const region of portal.regions) await expect(page.getByText(region.endpoint).first()).toBeVisible();
});

test("an action of another origin is refused, and is not there for whoever may not do it", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal);
  await credentials.open();
  await credentials.card("south").getByRole("button", { name: /Enable CLI Access|Regenerate Keys/ }).click();
  const request = page.waitForRequest((sent) => sent.method() === "POST" && sent.headers()["next-action"] !== undefined);
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("textbox", { name: "Type confirm to continue" });
  if (await confirm.isVisible()) await confirm.fill("confirm");
  await dialog.getByRole("button", { name: /^(Enable|Regenerate Keys)$/ }).click();
  const sent = await request;
  await credentials.readPair("south");
  await credentials.hideSecret();
  const headers = sent.headers();
  const body = (sent.postData() ?? "").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, randomUUID());
  const call = async (origin: string, cookie: string) => {
    const reply = await fetch(sent.url(), {
      method: "POST",
      headers: {
        accept: "text/x-component",
        "content-type": headers["content-type"] ?? "text/plain;charset=UTF-8",
        "next-action": headers["next-action"] ?? "",
        origin,
        cookie,
      },
      body,
    });
    return { status: reply.status, text: await reply.text() };
  };
  const cookieOf = async (of: typeof page) =>
    (await of.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const cookie = await cookieOf(page);
  expect((await call("https://evil.example", cookie)).status).toBe(403);
  const anonymous = await call(portal.url, "");
  expect(anonymous.text).toContain("UNAUTHENTICATED");
  for (const role of ["member", "support", "platform-admin"]) {
    const other = await call(portal.url, await cookieOf(await openAs(role)));
    expect(other.status, role).toBe(404);
    expect(other.text).not.toContain("secretAccessKey");
  }
});
