import type { Page } from "@playwright/test";
import {
  expectAccessible,
  expectAccessibleInEveryLook,
  expectNoSidewaysScroll,
  type Scheme,
  TWO_LOOKS,
} from "../fixtures/accessible";
import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, personOf, test } from "../fixtures/test";

const SCREENS: Record<string, string[]> = {
  "member+": [
    "/projects/demo/object-storage",
    "/projects/demo/object-storage/keys",
    "/projects/demo/activity",
    "/account",
    "/account/tokens",
    "/projects",
    "/help",
  ],
  admin: ["/projects/demo/members"],
  member: ["/projects/demo/object-storage"],
  support: ["/support", "/support?by=project&text=demo", "/support/bulk-revoke", "/account/tokens"],
  "platform-admin": [
    "/admin",
    "/admin/users",
    "/admin/projects",
    "/admin/projects/demo",
    "/admin/regions",
    "/admin/regions/new",
    "/admin/regions/north",
    "/admin/operations",
    "/admin/audit-log",
    "/projects/demo/members",
  ],
};

/** The page of the API has no script that sets a theme: its colours follow the browser. */
const expectColours = (page: Page, colorScheme: Scheme): Promise<void> =>
  expect(page.locator("body")).toHaveCSS(
    "background-color",
    colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(22, 24, 29)",
  );

for (const [role, paths] of Object.entries(SCREENS)) {
  test(`every screen of ${role}, in both themes, narrow and wide`, async ({ openAs }) => {
    const page = await openAs(role);
    for (const path of paths) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectAccessibleInEveryLook(page, path);
    }
  });
}

test("the sign-in page, in both themes, narrow and wide", async ({ page, portal }) => {
  await page.goto(`${portal.url}/login`);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expectAccessibleInEveryLook(page, "/login");
});

test("the page of a set-up link, in both themes, narrow and wide", async ({ page, portal }) => {
  await page.goto(`${portal.url}/set-up`);
  await expect(page.getByText("has no set-up link in it")).toBeVisible();
  await expectAccessibleInEveryLook(page, "/set-up");
});

test("the page of the API, light and narrow, and dark and wide", async ({ page, portal }) => {
  await page.goto(`${portal.url}/api/docs`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  // The page is so long that each look takes ten seconds of a processor. Its colours do not depend on the width.
  await expectAccessibleInEveryLook(page, "/api/docs", expectColours, TWO_LOOKS);
});

for (const scheme of ["light", "dark"] as const) {
  test(`the dialogs of access tokens, ${scheme}`, async ({ openAs }) => {
    const page = await openAs("member+");
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/account/tokens");
    await page.getByRole("button", { name: "Create token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill(`look ${scheme}`);
    await dialog.getByRole("combobox", { name: "Expires in" }).selectOption("Until a date");
    await expectAccessible(page, "Create token");
    await dialog.getByRole("combobox", { name: "Expires in" }).selectOption("90 days");
    await dialog.getByRole("button", { name: "Create token" }).click();
    await dialog.getByRole("button", { name: "Copy token" }).waitFor();
    await expectAccessible(page, "Your token");
    await expectNoSidewaysScroll(page, "Your token");
    await dialog.getByRole("checkbox", { name: "I have stored the token" }).check();
    await dialog.getByRole("button", { name: "Hide token" }).click();
    await page.getByRole("button", { name: `Revoke look ${scheme}` }).click();
    await expectAccessible(page, "Revoke token");
    await page.keyboard.press("Escape");
    await expectAccessibleInEveryLook(page, "access tokens in the table");
  });

  test(`the dialogs of members, ${scheme}`, async ({ openAs, portal }) => {
    const page = await openAs("admin");
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/projects/demo/members");
    await page.getByRole("button", { name: "Add member" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add member" }).click();
    await expect(dialog.getByText("This is not an e-mail address")).toBeVisible();
    await expectAccessible(page, "Add member");
    await page.keyboard.press("Escape");
    const own = page.getByRole("row").filter({ hasText: personOf(portal, "admin").email });
    await own.getByRole("combobox", { name: "Role" }).selectOption("member");
    await expectAccessible(page, "Change role");
    await page.keyboard.press("Escape");
    await own.getByRole("button", { name: "Remove" }).click();
    await expectAccessible(page, "Remove");
    await expectNoSidewaysScroll(page, "Remove");
  });

  test(`the dialogs of users, ${scheme}`, async ({ openAs, portal }) => {
    const page = await openAs("platform-admin");
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/admin/users");
    await page.getByRole("button", { name: "Add user" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add user" }).click();
    await expect(dialog.getByText("This is not an e-mail address")).toBeVisible();
    await expectAccessible(page, "Add user");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Look");
    await dialog.getByRole("textbox", { name: "Email" }).fill(`look-${scheme}@example.org`);
    await dialog.getByRole("button", { name: "Add user" }).click();
    await dialog.getByRole("button", { name: "Copy set-up link" }).waitFor();
    await expectAccessible(page, "Set-up link");
    await expectNoSidewaysScroll(page, "Set-up link");
    await dialog.getByRole("checkbox", { name: "I have copied the link" }).check();
    await dialog.getByRole("button", { name: "Hide link" }).click();
    const own = page.getByRole("row").filter({ hasText: personOf(portal, "platform-admin").email });
    await own.getByRole("button", { name: /^Actions of/ }).click();
    await page.getByRole("menuitem", { name: "Disable" }).click();
    await expectAccessible(page, "Disable");
    await expectNoSidewaysScroll(page, "Disable");
  });

  test(`the dialogs of projects, ${scheme}`, async ({ openAs }) => {
    const page = await openAs("platform-admin");
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/admin/projects");
    await page.getByRole("button", { name: "Add project" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Slug" }).fill("../demo");
    await dialog.getByRole("button", { name: "Add project" }).click();
    await expect(dialog.getByText("A slug is one word and not a path")).toBeVisible();
    await expectAccessible(page, "Add project");
    await expectNoSidewaysScroll(page, "Add project");
    await page.goto("/admin/projects/demo");
    await page.getByRole("button", { name: "Change regions" }).click();
    await dialog.getByRole("combobox", { name: "The project may use" }).selectOption("Only these regions");
    await dialog.getByRole("checkbox", { name: "north" }).uncheck();
    await expect(dialog.getByText("north gets closed.")).toBeVisible();
    await expectAccessible(page, "Regions");
    await expectNoSidewaysScroll(page, "Regions");
  });

  test(`the dialogs and the reveal, ${scheme}`, async ({ openAs, portal }) => {
    const page = await openAs("member+");
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    const credentials = new CredentialsPage(page, portal);
    await credentials.open();
    await credentials.issue("north");
    await credentials.hideSecret();
    const card = credentials.card("north");
    await card.getByRole("button", { name: "Regenerate Keys" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    await expectAccessible(page, "Regenerate Keys");
    await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
    await dialog.getByRole("button", { name: "Regenerate Keys" }).click();
    await expect(page.getByRole("dialog", { name: "Your credentials" })).toBeVisible();
    await expectAccessible(page, "the reveal");
    await credentials.hideSecret();
    for (const name of ["Disable Access", "Deactivate", "Set expiration"]) {
      await card.getByRole("button", { name }).click();
      await expect(dialog).toBeVisible();
      await expectAccessible(page, name);
      await page.keyboard.press("Escape");
      await expect(dialog).toBeHidden();
    }
    await card.getByRole("button", { name: "Connect a client" }).click();
    await expect(dialog.getByRole("tab", { name: "AWS CLI" })).toBeVisible();
    await expectAccessible(page, "Connect a client");
    await expectNoSidewaysScroll(page, "Connect a client");
    await page.keyboard.press("Escape");
    await card.getByRole("button", { name: "Add named key" }).click();
    await expect(dialog).toBeVisible();
    await expectAccessible(page, "Add named key");
    await dialog.getByRole("textbox", { name: "Name" }).fill(`look ${scheme}`);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Your credentials" })).toBeVisible();
    await credentials.hideSecret();
    await card.getByRole("button", { name: `Actions of look ${scheme}` }).click();
    await expect(page.getByRole("menuitem", { name: "Disable Access" })).toBeVisible();
    await expectAccessible(page, "the menu of a named key");
  });
}
