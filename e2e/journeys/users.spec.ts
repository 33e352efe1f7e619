import type { Page } from "@playwright/test";
import { runAdmin } from "../fixtures/admin";
import { withDatabase } from "../fixtures/database";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { expect, personOf, test } from "../fixtures/test";

test.describe.configure({ mode: "serial" });

const PATH = "/admin/users";
const EMAIL = "zoe.new@example.org";
/** With an emoji, letters from right to left, an override of the direction, and a space without width. */
const ODD_NAME = "Zoë 🔑 \u202eأحمد\u200b";
const PASSWORD = "a few words in a row";

/** The link of the first test, which the second one opens. */
let link = "";

test.afterAll(async ({ workerPortal: portal }) => {
  await withDatabase(await readDatabaseUrl(portal), (database) =>
    database.query("DELETE FROM users WHERE email = $1", [EMAIL]),
  );
});

const rowOf = (page: Page, email: string) => page.getByRole("row").filter({ hasText: email });
const dialogOf = (page: Page, name: string) => page.getByRole("dialog", { name });

async function choose(page: Page, email: string, item: string) {
  await rowOf(page, email)
    .getByRole("button", { name: /^Actions of/ })
    .click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Reads the link of the reveal, which must stay open until it is hidden. */
async function takeLink(page: Page): Promise<string> {
  const reveal = dialogOf(page, "Set-up link");
  const field = reveal
    .getByRole("textbox", { name: "Set-up link" })
    .or(reveal.getByLabel("Set-up link", { exact: true }));
  await expect(field.first()).toHaveAttribute("type", "password");
  const shown = await field.first().inputValue();
  await page.keyboard.press("Escape");
  await expect(reveal).toBeVisible();
  await reveal.getByRole("checkbox", { name: "I have copied the link" }).check();
  await reveal.getByRole("button", { name: "Hide link" }).click();
  await expect(reveal).toBeHidden();
  return shown;
}

async function openLink(page: Page, address: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1, name: /^Set up your account/ })).toBeVisible();
  // The secret does not stay in the address.
  await expect(page).toHaveURL(/\/set-up$/);
}

test("a platform admin adds a user with an odd name; what does not fit has its sentence", async ({
  openAs,
  portal,
}) => {
  const page = await openAs("platform-admin");
  await page.goto(PATH);
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = dialogOf(page, "Add user");
  const add = dialog.getByRole("button", { name: "Add user" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("\u200b\u202e");
  await dialog.getByRole("textbox", { name: "Email" }).fill("nobody");
  await add.click();
  await expect(dialog.getByText("Give a name that can be seen")).toBeVisible();
  await expect(dialog.getByText("This is not an e-mail address")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name" }).fill(ODD_NAME);
  await dialog.getByRole("textbox", { name: "Email" }).fill(personOf(portal, "member").email.toUpperCase());
  await add.click();
  await expect(dialog.getByText("already. Nothing was changed")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Email" }).fill(`  ${EMAIL.toUpperCase()} `);
  await dialog.getByRole("combobox", { name: "Role" }).selectOption("Support");
  await add.click();
  link = await takeLink(page);
  expect(link).toMatch(/\/set-up#[A-Za-z0-9]{48}$/);

  const row = rowOf(page, EMAIL);
  await expect(row).toContainText("Waits for set-up");
  await expect(row).toContainText("Support");
  // The name is isolated: it turns nothing around that stands beside it.
  await expect(row.locator("bdi")).toHaveText(ODD_NAME);
  await page.getByRole("searchbox", { name: "Name or email" }).fill("Zoë 🔑");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(row).toBeVisible();
  expect(await page.content()).not.toContain(link.split("#")[1]);
});

test("the person chooses a password with the link, once, and is signed in", async ({ page, portal }) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await openLink(page, link);
  await expect(page.getByRole("textbox", { name: "Email" })).toHaveValue(EMAIL);
  const save = page.getByRole("button", { name: "Set password" });
  await page.getByLabel("New password", { exact: true }).fill("Latchkey-2026");
  await page.getByLabel("New password again").fill("Latchkey-2025");
  await save.click();
  await expect(page.getByText("This is not the same as the new password")).toBeVisible();
  await page.getByLabel("New password again").fill("Latchkey-2026");
  await save.click();
  await expect(page.getByText("This password is made of the portal's name")).toBeVisible();
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("New password again").fill(PASSWORD);
  await save.click();
  await expect(page).toHaveURL(`${portal.url}/support`);
  expect(requests.filter((url) => url.includes(link.split("#")[1] ?? "?") && !url.includes("#"))).toEqual([]);

  await openLink(page, link);
  await expect(page.getByText("This link was used already, and works once.")).toBeVisible();
  await openLink(page, `${portal.url}/set-up#${"A".repeat(48)}`);
  await expect(page.getByText("This is not a set-up link of this portal.")).toBeVisible();
});

test("an admin edits, signs out, resets, disables and enables the user; only the newest link works", async ({
  openAs,
  browser,
  portal,
}) => {
  const page = await openAs("platform-admin");
  await page.goto(PATH);
  const row = rowOf(page, EMAIL);
  await expect(row).toContainText("Active");
  await choose(page, EMAIL, "Edit");
  const edit = dialogOf(page, "Edit user");
  await edit.getByRole("textbox", { name: "Name" }).fill("Zofie");
  await edit.getByRole("combobox", { name: "Role" }).selectOption("None");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden();
  await expect(row.locator("bdi")).toHaveText("Zofie");

  await choose(page, EMAIL, "End sessions");
  await dialogOf(page, "End sessions").getByRole("button", { name: "End sessions" }).click();
  await expect(page.getByText(`The sessions of ${EMAIL} have ended.`)).toBeVisible();

  const links: string[] = [];
  for (const warning of ["The old password stops working now", "The link from before stops working."]) {
    await choose(page, EMAIL, "Reset password");
    const reset = dialogOf(page, "Reset password");
    await expect(reset.getByText(warning)).toBeVisible();
    await reset.getByRole("button", { name: "Reset password" }).click();
    links.push(await takeLink(page));
    await expect(row).toContainText("Waits for set-up");
  }
  const context = await browser.newContext({ baseURL: portal.url });
  const person = await context.newPage();
  await openLink(person, links[0] ?? "");
  await expect(person.getByText("This link does not work any more")).toBeVisible();
  await openLink(person, links[1] ?? "");
  await expect(person.getByRole("button", { name: "Set password" })).toBeVisible();

  await choose(page, EMAIL, "Disable");
  await dialogOf(page, "Disable").getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("Disabled");
  await person.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await person.getByLabel("New password again").fill(PASSWORD);
  await person.getByRole("button", { name: "Set password" }).click();
  await expect(person.getByText("This account is switched off at present.")).toBeVisible();
  await context.close();
  await choose(page, EMAIL, "Enable");
  await dialogOf(page, "Enable").getByRole("button", { name: "Enable" }).click();
  await expect(row).toContainText("Waits for set-up");
});

test("the last platform admin stays; the role of another one may go while the dialog is open", async ({
  openAs,
  portal,
}) => {
  const self = personOf(portal, "platform-admin").email;
  const page = await openAs("platform-admin");
  await page.goto(PATH);
  for (const [item, title, button] of [
    ["Edit", "Edit user", "Save"],
    ["Disable", "Disable", "Disable"],
  ] as const) {
    await choose(page, self, item);
    const dialog = dialogOf(page, title);
    const role = dialog.getByRole("combobox", { name: "Role" });
    if (item === "Edit") await role.selectOption("None");
    await expect(dialog.getByText("This is you.")).toBeVisible();
    await dialog.getByRole("button", { name: button }).click();
    await expect(dialog.getByText("is the last platform admin who can sign in")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }
  await rowOf(page, self)
    .getByRole("button", { name: /^Actions of/ })
    .click();
  await expect(page.getByRole("menuitem", { name: "Reset password" })).toHaveCount(0);
  await page.keyboard.press("Escape");

  await choose(page, EMAIL, "Edit");
  await runAdmin(portal, ["user", "change", EMAIL, "--role", "support"]);
  const edit = dialogOf(page, "Edit user");
  await edit.getByRole("combobox", { name: "Role" }).selectOption("Platform admin");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit.getByText("Somebody else has changed the role")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(rowOf(page, EMAIL)).toContainText("Support");
});

test.describe("whoever is no platform admin", () => {
  test.use({ expectedErrors: [/404/] });

  test("finds no page of users", async ({ openAs }) => {
    for (const role of ["support", "member"]) {
      expect((await (await openAs(role)).goto(PATH))?.status(), role).toBe(404);
    }
  });
});
