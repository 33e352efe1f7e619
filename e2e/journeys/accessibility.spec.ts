import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessibleInEveryLook, expectAccessibleInTwoLooks } from "../fixtures/accessible";
import { CredentialsPage } from "../fixtures/credentials-page";
import { withDatabase } from "../fixtures/database";
import { createProject } from "../fixtures/people";
import { ROOT } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { expect, personOf, test } from "../fixtures/test";

/** The folder of every page under app/, with who looks and where. */
const SCREENS: Record<string, [role: string, path: string][]> = {
  login: [["nobody", "/login"]],
  "set-up": [["nobody", "/set-up"]],
  account: [["member+", "/account"]],
  "account/tokens": [
    ["member+", "/account/tokens"],
    ["support", "/account/tokens"],
  ],
  help: [["member+", "/help"]],
  projects: [["member+", "/projects"]],
  "projects/[slug]/object-storage": [
    ["member+", "/projects/demo/object-storage"],
    ["member", "/projects/demo/object-storage"],
  ],
  "projects/[slug]/object-storage/keys": [["member+", "/projects/demo/object-storage/keys"]],
  "projects/[slug]/activity": [["member+", "/projects/demo/activity"]],
  "projects/[slug]/members": [
    ["admin", "/projects/demo/members"],
    ["platform-admin", "/projects/demo/members"],
  ],
  support: [
    ["support", "/support"],
    ["support", "/support?by=project&text=demo"],
  ],
  "support/bulk-revoke": [["support", "/support/bulk-revoke"]],
  admin: [["platform-admin", "/admin"]],
  "admin/users": [["platform-admin", "/admin/users"]],
  "admin/projects": [["platform-admin", "/admin/projects"]],
  "admin/projects/[slug]": [["platform-admin", "/admin/projects/demo"]],
  "admin/regions": [["platform-admin", "/admin/regions"]],
  "admin/regions/new": [["platform-admin", "/admin/regions/new"]],
  "admin/regions/[region]": [["platform-admin", "/admin/regions/north"]],
  "admin/regions/[region]/edit": [["platform-admin", "/admin/regions/north/edit"]],
  "admin/regions/[region]/credentials": [["platform-admin", "/admin/regions/north/credentials"]],
  "admin/operations": [["platform-admin", "/admin/operations"]],
  "admin/audit-log": [["platform-admin", "/admin/audit-log"]],
};

/** These lead on to other pages. */
const REDIRECTS = [".", "projects/[slug]"];
/** This page needs a bulk revocation: the test of the support console sees it. */
const SEEN_BELOW = ["support/bulk-revoke/[id]"];
/** The frames of other dialogs. */
const FRAMES = ["change-dialog.tsx", "question.tsx", "set-up-link-dialog.tsx"];

const listFiles = (folder: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });

test("every page of the sources is seen here, and every dialog in a journey", () => {
  const pages = listFiles("app")
    .filter((file) => basename(file) === "page.tsx")
    .map((file) => join(file.replace(/^\([^)]*\)\//, ""), ".."));
  expect(pages.sort()).toEqual([...Object.keys(SCREENS), ...REDIRECTS, ...SEEN_BELOW].sort());

  // A dialog that needs a storage system that fails, or a real one, is seen in the journey that has such a system.
  const journeys = listFiles("e2e/journeys").map((file) => readFileSync(join(ROOT, "e2e/journeys", file), "utf8"));
  const dialogs = listFiles("components")
    .filter((file) => file.endsWith(".tsx"))
    .filter((file) =>
      /<(ChangeDialog|Question|SetUpLinkDialog|SheetContent|MenuContent)\b| popover=/.test(
        readFileSync(join(ROOT, "components", file), "utf8"),
      ),
    )
    .map((file) => basename(file));
  expect(dialogs.length).toBeGreaterThan(20);
  const isSeen = (file: string) => journeys.some((journey) => journey.includes(`"${file}: `));
  const unseen = dialogs.filter((file) => !FRAMES.includes(file) && !isSeen(file));
  expect(unseen).toEqual([]);
});

for (const role of ["nobody", "member+", "admin", "member", "support", "platform-admin"]) {
  test(`every screen of ${role}, in both themes, narrow and wide`, async ({ openAs, page: fresh, portal }) => {
    const page = role === "nobody" ? fresh : await openAs(role);
    for (const [by, path] of Object.values(SCREENS).flat()) {
      if (by !== role) continue;
      await page.goto(portal.url + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectAccessibleInTwoLooks(page, path);
    }
  });
}

test("the page of the API, light and narrow, and dark and wide", async ({ page, portal }) => {
  await page.goto(`${portal.url}/api/docs`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessibleInTwoLooks(page, "/api/docs");
});

test.describe("pages that are not there", () => {
  test.use({ expectedErrors: [/404/] });

  test("with the menu and without", async ({ openAs }) => {
    const page = await openAs("member+");
    for (const path of ["/nowhere", "/projects/nowhere/object-storage", "/admin"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
      await expectAccessibleInTwoLooks(page, path);
    }
  });
});

test.describe("a page that fails", () => {
  test.use({ expectedErrors: [/status of 500|React error #441/] });

  test("says so, and Try again shows the page when it works again", async ({ openAs, portal }) => {
    const page = await openAs("support");
    const failed = page.getByRole("heading", { name: "This page could not be shown" });
    await withDatabase(await readDatabaseUrl(portal), async (database) => {
      await database.query("ALTER TABLE bulk_revocations RENAME TO bulk_revocations_away");
      try {
        await page.goto("/support/bulk-revoke");
        await expect(failed).toBeVisible();
        await expectAccessibleInTwoLooks(page, "a page that failed");
      } finally {
        await database.query("ALTER TABLE bulk_revocations_away RENAME TO bulk_revocations");
      }
    });
    await page.getByRole("button", { name: "Try again" }).press("Enter");
    await expect(page.getByRole("heading", { name: "Bulk revocations" })).toBeVisible();
    await expect(failed).toHaveCount(0);
  });
});

/** Sees what is open, and closes it with Escape. */
async function seeAndClose(page: Page, where: string): Promise<void> {
  await expectAccessibleInTwoLooks(page, where);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog").or(page.getByRole("menu"))).toBeHidden();
}

test("the menus of the frame", async ({ openAs }) => {
  const page = await openAs("member+");
  await page.goto("/projects/demo/object-storage/keys");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Theme" }).click();
  await seeAndClose(page, "theme-menu.tsx: the themes");
  await page.getByRole("button", { name: /^Account menu/ }).click();
  await seeAndClose(page, "account-menu.tsx: the account");
  await page.setViewportSize({ width: 360, height: 800 });
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "Menu" });
  await expectAccessibleInTwoLooks(page, "mobile-sheet.tsx: the navigation");
  await sheet.getByRole("button", { name: /^Switch project/ }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessibleInTwoLooks(page, "project-menu.tsx: the projects");
});

test("the dialogs of access tokens", async ({ openAs }) => {
  const page = await openAs("member+");
  await page.goto("/account/tokens");
  await page.getByRole("button", { name: "Create token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("look");
  await dialog.getByRole("combobox", { name: "Expires in" }).selectOption("Until a date");
  await expectAccessibleInTwoLooks(page, "create-token-dialog.tsx: Create token");
  await dialog.getByRole("combobox", { name: "Expires in" }).selectOption("90 days");
  await dialog.getByRole("button", { name: "Create token" }).click();
  await dialog.getByRole("button", { name: "Copy token" }).waitFor();
  await expectAccessibleInTwoLooks(page, "create-token-dialog.tsx: Your token");
  await dialog.getByRole("checkbox", { name: "I have stored the token" }).check();
  await dialog.getByRole("button", { name: "Hide token" }).click();
  await page.getByRole("button", { name: "Revoke look" }).click();
  await seeAndClose(page, "revoke-token.tsx: Revoke token");
  await expectAccessibleInTwoLooks(page, "access tokens in the table");
});

test("the dialogs of members", async ({ openAs, portal }) => {
  const page = await openAs("admin");
  await page.goto("/projects/demo/members");
  await page.getByRole("button", { name: "Add member" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add member" }).click();
  await expect(dialog.getByText("This is not an e-mail address")).toBeVisible();
  await seeAndClose(page, "add-member-dialog.tsx: Add member");
  const own = page.getByRole("row").filter({ hasText: personOf(portal, "admin").email });
  await own.getByRole("combobox", { name: "Role" }).selectOption("member");
  await seeAndClose(page, "change-role.tsx: Change role");
  await own.getByRole("button", { name: "Remove" }).click();
  await seeAndClose(page, "remove-member.tsx: Remove");
});

test("the dialogs of users", async ({ openAs }) => {
  const page = await openAs("platform-admin");
  await page.goto("/admin/users?search=look");
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(dialog.getByText("This is not an e-mail address")).toBeVisible();
  await expectAccessibleInTwoLooks(page, "add-user-dialog.tsx: Add user");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Look");
  await dialog.getByRole("textbox", { name: "Email" }).fill("look@example.org");
  await dialog.getByRole("button", { name: "Add user" }).click();
  await dialog.getByRole("button", { name: "Copy set-up link" }).waitFor();
  await expectAccessibleInTwoLooks(page, "add-user-dialog.tsx: Set-up link");
  await dialog.getByRole("checkbox", { name: "I have copied the link" }).check();
  await dialog.getByRole("button", { name: "Hide link" }).click();
  const open = async (item: string) => {
    await page.getByRole("button", { name: "Actions of Look" }).click();
    await page.getByRole("menuitem", { name: item }).click();
    await expect(dialog).toBeVisible();
  };
  await page.getByRole("button", { name: "Actions of Look" }).click();
  await seeAndClose(page, "user-menu.tsx: the actions of a user");
  await open("Edit");
  await seeAndClose(page, "edit-user-dialog.tsx: Edit user");
  await open("Reset password");
  await seeAndClose(page, "reset-password-dialog.tsx: Reset password");
  await open("End sessions");
  await seeAndClose(page, "user-question.tsx: End sessions");
  await open("Disable");
  await dialog.getByRole("button", { name: "Disable" }).click();
  await expect(dialog).toBeHidden();
  await open("Enable");
  await seeAndClose(page, "user-question.tsx: Enable");
});

test("the dialogs of projects and regions", async ({ openAs }) => {
  const page = await openAs("platform-admin");
  const dialog = page.getByRole("dialog");
  await page.goto("/admin/projects");
  await page.getByRole("button", { name: "Add project" }).click();
  await dialog.getByRole("textbox", { name: "Slug" }).fill("../demo");
  await dialog.getByRole("button", { name: "Add project" }).click();
  await expect(dialog.getByText("A slug is one word and not a path")).toBeVisible();
  await seeAndClose(page, "add-project-dialog.tsx: Add project");
  await page.goto("/admin/projects/demo");
  for (const [button, where] of [
    ["Rename", "rename-project-dialog.tsx: Rename"],
    ["Join project", "join-project.tsx: Join project"],
    ["Disable", "switch-project.tsx: Disable"],
  ] as const) {
    await page.getByRole("button", { name: button }).click();
    await seeAndClose(page, where);
  }
  await page.getByRole("button", { name: "Change regions" }).click();
  await dialog.getByRole("combobox", { name: "The project may use" }).selectOption("Only these regions");
  await dialog.getByRole("checkbox", { name: "north" }).uncheck();
  await expect(dialog.getByText("north gets closed.")).toBeVisible();
  await seeAndClose(page, "region-access-dialog.tsx: Regions");

  await page.goto("/admin/regions/north");
  await page.getByRole("button", { name: "Switch off" }).click();
  await seeAndClose(page, "switch-region.tsx: Switch off");
  await page.goto("/admin/regions/new");
  await page.getByRole("combobox", { name: "Storage system" }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expectAccessibleInTwoLooks(page, "the form of a region with errors");
});

test("the dialogs of keys and the reveal, and the pages with keys", async ({ openAs, portal }) => {
  const person = personOf(portal, "member+");
  await withDatabase(await readDatabaseUrl(portal), (database) => createProject(database, "look", person.email));
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal, "look");
  const dialog = page.getByRole("dialog");
  const reveal = page.getByRole("dialog", { name: "Your credentials" });
  const card = credentials.card("north");
  const open = (name: string) => card.getByRole("button", { name, exact: true }).click();
  await credentials.open();

  await card
    .getByRole("button", { name: /^Explain/ })
    .first()
    .click();
  await expect(page.getByRole("note")).toBeVisible();
  await expectAccessibleInTwoLooks(page, "explanations.tsx: a word");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("note")).toBeHidden();

  await open("Enable CLI Access");
  await expect(dialog).toBeVisible();
  await expectAccessibleInTwoLooks(page, "issue-dialog.tsx: Enable CLI Access");
  await dialog.getByRole("button", { name: "Enable", exact: true }).click();
  await expect(reveal).toBeVisible();
  await page.goBack();
  await expect(reveal.getByRole("alert")).toContainText("You are about to leave");
  await expectAccessibleInTwoLooks(page, "issue-dialog.tsx: leaving");
  await reveal.getByRole("button", { name: "Stay" }).click();
  await reveal.getByText("Connect a client").click();
  await reveal.getByRole("button", { name: "Download", exact: true }).click();
  await expectAccessibleInTwoLooks(page, "download-menu.tsx: the files");
  await page.keyboard.press("Escape");
  await credentials.hideSecret();

  await open("Regenerate Keys");
  await dialog.getByRole("radio", { name: "Keep the old keys for" }).check();
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await expectAccessibleInTwoLooks(page, "issue-dialog.tsx: Regenerate Keys");
  await dialog.getByRole("button", { name: "Regenerate Keys" }).click();
  await expect(reveal).toBeVisible();
  await reveal.getByRole("button", { name: "Show secret" }).click();
  await expectAccessibleInTwoLooks(page, "issue-dialog.tsx: Your credentials");
  await credentials.hideSecret();

  for (const [name, where] of [
    ["Retire now", "retire-dialog.tsx: Retire now"],
    ["Keep longer", "keep-longer-dialog.tsx: Keep longer"],
    ["Set expiration", "expiration-dialog.tsx: Set expiration"],
    ["Connect a client", "connect-dialog.tsx: Connect a client"],
    ["Deactivate", "deactivate-dialog.tsx: Deactivate"],
  ] as const) {
    await open(name);
    await expect(dialog).toBeVisible();
    await seeAndClose(page, where);
  }
  await open("Deactivate");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await credentials.expectState("north", "INACTIVE");
  await open("Activate");
  await seeAndClose(page, "activate-dialog.tsx: Activate");

  await open("Add named key");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Give the key a name");
  await expectAccessibleInTwoLooks(page, "issue-dialog.tsx: Add named key");
  await dialog.getByRole("textbox", { name: "Name" }).fill("look");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(reveal).toBeVisible();
  await credentials.hideSecret();
  await card.getByRole("button", { name: "Actions of look" }).click();
  await seeAndClose(page, "named-key-menu.tsx: the menu of a named key");

  await open("Disable Access");
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await expectAccessibleInTwoLooks(page, "disable-dialog.tsx: Disable Access");
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(dialog.getByText("every gateway refuses them").first()).toBeVisible();
  await expectAccessibleInTwoLooks(page, "disable-dialog.tsx: the receipt");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expectAccessibleInTwoLooks(page, "the dashboard with keys that ended");

  await page.goto("/projects/look/object-storage/keys?region=north");
  await page.getByRole("table").getByRole("button").first().click();
  await expect(page.getByRole("table").getByRole("button", { expanded: true })).toBeVisible();
  // This page has all that is only on narrow or only on wide screens: menu, folded filter, stacked table.
  await expectAccessibleInEveryLook(page, "the S3 keys with a history");
});

test("the dialogs and the bulk revocation of support", async ({ openAs, portal }) => {
  const mia = new CredentialsPage(await openAs("member+"), portal);
  await mia.open();
  const { accessKeyId } = await mia.issue("south");
  await mia.hideSecret();
  const page = await openAs("support");
  const dialog = page.getByRole("dialog");
  await page.goto(`/support?text=${accessKeyId}`);
  await expectAccessibleInTwoLooks(page, "a key that support found");
  for (const button of ["Deactivate", "Disable Access"]) {
    await page.getByRole("button", { name: button }).click();
    await expect(dialog.getByRole("textbox", { name: "Reason" })).toBeVisible();
    await seeAndClose(page, `${button} with a reason`);
  }
  await page.goto("/support/bulk-revoke");
  await page.getByRole("textbox", { name: "Text with access keys" }).fill(accessKeyId);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("look");
  await page.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await expectAccessibleInTwoLooks(page, "the preview of a bulk revocation");
  await page.getByRole("button", { name: "Revoke 1 key" }).click();
  await expect(page.getByRole("status").filter({ hasText: "1 revoked" })).toContainText("Finished");
  await expectAccessibleInTwoLooks(page, "a bulk revocation");
});
