import { expect, personOf, test } from "../fixtures/test";
import { testRefusedActions } from "./refused-actions";
import { testSupport } from "./support";

const NOT_FOUND = [/404/];

test.describe("a member", () => {
  test.use({ expectedErrors: NOT_FOUND });

  test("sees the dashboard without keys, and everything behind them is 404", async ({ openAs }) => {
    const page = await openAs("member");
    await page.goto("/projects/demo/object-storage");
    await expect(page.getByRole("heading", { name: "Object Storage Dashboard" })).toBeVisible();
    await expect(page.getByRole("link", { name: "S3 Keys" })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Activity" })).toHaveCount(0);
    await expect(page.getByRole("heading", { name: "Object Storage Credentials" })).toHaveCount(0);
    await expect(page.getByRole("article")).toHaveCount(0);
    for (const path of [
      "/projects/demo/object-storage/keys",
      "/projects/demo/members",
      "/projects/demo/activity",
      "/admin/audit-log",
      "/support",
      "/admin",
      "/projects/other/object-storage",
      "/account/tokens",
    ]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
    }
    await page.goto("/account");
    await expect(page.getByRole("heading", { name: "Password" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Access tokens" })).toHaveCount(0);
    expect((await page.request.get("/api/projects/demo/cards")).status()).toBe(404);
    expect((await page.request.get("/api/projects/other/cards")).status()).toBe(404);
    for (const file of ["/api/projects/demo/activity/export", "/api/admin/audit-log/export"])
      expect((await page.request.get(`${file}?format=csv`)).status(), file).toBe(404);
  });
});

test("a signed-out visitor reads nothing", async ({ browser, portal }) => {
  const context = await browser.newContext({ baseURL: portal.url });
  expect((await context.request.get("/api/projects/demo/cards")).status()).toBe(401);
  expect((await context.request.get("/api/admin/audit-log/export?format=csv")).status()).toBe(401);
  const page = await context.newPage();
  for (const path of [
    "/",
    "/projects/demo/object-storage",
    "/projects/demo/members",
    "/admin",
    "/support",
    "/account",
    "/account/tokens",
  ]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/login/);
  }
  await context.close();
});

testSupport(test, "north");

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

testRefusedActions(test, "south");
