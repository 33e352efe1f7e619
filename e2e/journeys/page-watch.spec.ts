import type { Page } from "@playwright/test";
import { expectAccessibleInTwoLooks } from "../fixtures/accessible";
import { expect, personOf, test } from "../fixtures/test";

const KEYS = "/projects/demo/object-storage/keys";

/** Opens a page and waits until it watches its state. */
async function openWatched(page: Page, path: string): Promise<void> {
  const asked = page.waitForResponse((reply) => new URL(reply.url()).pathname === "/api/page-state");
  await page.goto(path);
  // The page asks when the tab is shown again. Nobody waits for the minute.
  const show = setInterval(() => void showAgain(page).catch(() => undefined), 500);
  await asked.finally(() => clearInterval(show));
}

const showAgain = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));

/** The line at the top of the page. Its region is there before the text. */
const banner = (page: Page) => page.getByRole("status").filter({ hasText: /\S/ }).first();

test.describe("a page without the network", () => {
  test.use({ expectedErrors: [/ERR_INTERNET_DISCONNECTED|Failed to fetch|Failed to load resource/] });

  test("says that it is offline until the portal answers again", async ({ openAs }) => {
    const page = await openAs("member+");
    await openWatched(page, "/account");
    await page.context().setOffline(true);
    await expect(banner(page)).toContainText("You are offline. This page shows what was known before.");
    await page.context().setOffline(false);
    await expect(banner(page)).toHaveCount(0);
  });
});

test.describe("another tab", () => {
  test.use({ expectedErrors: [/401/] });

  test("signs out, and signs in as somebody else: the page says so, and Reload mends it", async ({
    browser,
    portal,
  }) => {
    const context = await browser.newContext({ baseURL: portal.url });
    const signIn = async (page: Page, role: string) => {
      const { email, password } = personOf(portal, role);
      await page.goto("/login");
      await page.getByRole("textbox", { name: "Email" }).fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByRole("button", { name: /account/i })).toBeVisible();
    };
    const [page, other] = [await context.newPage(), await context.newPage()];
    await signIn(page, "member+");
    const dashboard = await context.newPage();
    await Promise.all([openWatched(page, "/account"), openWatched(dashboard, "/projects/demo/object-storage")]);
    await other.goto("/account");
    await other.getByRole("button", { name: /account/i }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(other).toHaveURL(/\/login/);
    await showAgain(page);
    await expect(banner(page)).toContainText("Your session has ended");
    await expect(banner(page).getByRole("link", { name: "Sign in again" })).toHaveAttribute("href", "/login");

    // The sections of the dashboard know too. Only the line at the top says so.
    await expect(dashboard.getByText("so this may be out of date")).toHaveCount(2);
    await expect(banner(dashboard)).toContainText("Your session has ended, for example");
    await expect(dashboard.getByRole("link", { name: "Sign in again" })).toHaveCount(1);
    await dashboard.close();

    await signIn(other, "support");
    await showAgain(page);
    await expect(banner(page)).toContainText("Another person has signed in in this browser.");
    await banner(page).getByRole("button", { name: "Reload" }).click();
    await expect(page.getByText(personOf(portal, "support").email).first()).toBeVisible();
    await expect(banner(page)).toHaveCount(0);
    await context.close();
  });
});

test.describe("a new version of the portal", () => {
  test.use({ expectedErrors: [/404|Failed to load|chunk/i] });

  test("is told, with Reload", async ({ openAs, portal }) => {
    const page = await openAs("member+");
    const body = await (await page.request.get("/api/page-state")).json();
    expect(body).toEqual({ person: expect.any(String), build: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await fetch(`${portal.url}/api/page-state`)).status).toBe(401);
    const answer = "**/api/page-state";
    await page.route(answer, (route) => route.fulfill({ json: { ...body, build: "another" } }));
    await openWatched(page, KEYS);
    await expect(banner(page)).toContainText("A new version of the portal is running.");
    await page.unroute(answer);
    await banner(page).getByRole("button", { name: "Reload" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "S3 Keys" })).toBeVisible();
    await expect(banner(page)).toHaveCount(0);
  });

  test("does not know an action: the dialog says so, and nothing is changed", async ({ openAs }) => {
    const page = await openAs("member+");
    await page.goto("/account/tokens");
    await page.getByRole("button", { name: "Create token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("of the version before");
    // The portal itself answers: its actions have other names than those that the page knows.
    await page.route("**/account/tokens", (route) => {
      const headers = route.request().headers();
      const action = headers["next-action"];
      return route.continue(action ? { headers: { ...headers, "next-action": "0".repeat(action.length) } } : {});
    });
    await dialog.getByRole("button", { name: "Create token" }).click();
    await expect(dialog.getByText("was updated after this page was loaded. Nothing was changed.")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("button", { name: "Create token" })).toBeVisible();
    await expect(page.getByText("of the version before")).toHaveCount(0);
  });

  test("does not have a part of the page: the page says so, and Reload mends it", async ({ openAs }) => {
    const page = await openAs("member+");
    await page.goto("/account/tokens");
    const chunks = "**/_next/static/chunks/**";
    await page.route(chunks, (route) => route.fulfill({ status: 404, body: "" }));
    await page.getByRole("button", { name: "Create token" }).click();
    await expect(page.getByRole("heading", { name: "A part of this page could not be loaded" })).toBeVisible();
    await expectAccessibleInTwoLooks(page, "a part that did not come");
    await page.unroute(chunks);
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByRole("button", { name: "Create token" }).click();
    await expect(page.getByRole("dialog").getByRole("textbox", { name: "Name" })).toBeVisible();
  });
});
