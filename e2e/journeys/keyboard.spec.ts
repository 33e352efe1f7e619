import { expectTheme } from "../fixtures/accessible";
import { CredentialsPage } from "../fixtures/credentials-page";
import { withDatabase } from "../fixtures/database";
import {
  choose,
  expectFocusIn,
  expectFocusNotObscured,
  expectVisibleFocus,
  messagesOf,
  press,
  tabBackTo,
  tabTo,
  type,
} from "../fixtures/keyboard";
import { createProject } from "../fixtures/people";
import type { PortalFacts } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { expect, personOf, test } from "../fixtures/test";

/** A project of these tests. A worker that starts anew makes it anew. */
const PROJECT = "keyboard";
const PAGE_OF_PROJECTS = 50;

async function ensureProject(portal: PortalFacts): Promise<void> {
  const { email } = personOf(portal, "member+");
  await withDatabase(await readDatabaseUrl(portal), async (database) => {
    const { rowCount } = await database.query("SELECT 1 FROM projects WHERE slug = $1", [PROJECT]);
    if (rowCount === 0) await createProject(database, PROJECT, email);
  });
}

/** The browser's word for the wrong password. */
test.use({ expectedErrors: [/status of 401/] });

test.beforeEach(({ portal }) => ensureProject(portal));

test("signing in, the skip link, the menus, another project and signing out", async ({ page, portal }) => {
  const person = personOf(portal, "member+");
  await page.goto(`${portal.url}/login`);
  await type(page.getByRole("textbox", { name: "Email" }), person.email);
  await expectVisibleFocus(page.getByRole("textbox", { name: "Email" }));
  await type(page.getByRole("textbox", { name: "Password" }), "wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "Email or password is wrong" })).toBeVisible();
  await tabBackTo(page.getByRole("textbox", { name: "Password" }));
  await type(page.getByRole("textbox", { name: "Password" }), person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Account menu/ })).toBeVisible();

  await page.goto(`${portal.url}/projects/demo/object-storage`);
  await expect(page.getByRole("heading", { name: "Object Storage Dashboard" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expectVisibleFocus(page.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();

  const theme = page.getByRole("button", { name: "Theme" });
  await tabBackTo(theme);
  await choose(theme, "Dark");
  await expectTheme(page, "dark");
  await expectVisibleFocus(theme);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(theme).toBeFocused();
  const account = page.getByRole("button", { name: /^Account menu/ });
  await press(account);
  await expectFocusIn(page.getByRole("menu"));
  await page.keyboard.press("Escape");
  await expect(account).toBeFocused();

  const switcher = page.getByRole("button", { name: /^Switch project/ });
  await tabBackTo(switcher);
  await choose(switcher, PROJECT);
  await expect(page).toHaveURL(new RegExp(`/projects/${PROJECT}/`));

  await page.setViewportSize({ width: 360, height: 740 });
  const menu = page.getByRole("button", { name: "Menu", exact: true });
  await tabTo(menu);
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog", { name: "Menu" });
  await expectFocusIn(sheet);
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await press(sheet.getByRole("link", { name: "S3 Keys" }));
  await expect(page.getByRole("heading", { name: "S3 Keys" })).toBeVisible();
  await expect(sheet).toBeHidden();
  await press(page.locator("summary", { hasText: "Filter" }));
  await type(page.getByRole("searchbox", { name: "Access key" }), "none");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "The list is filtered" })).toHaveCount(1);

  await tabBackTo(account);
  await choose(account, "Sign out");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  const response = await page.reload();
  await expectTheme(page, "dark");
  expect(await response?.headerValue("set-cookie")).toMatch(/latchkey\.theme=dark;.*Max-Age=31536000/);
});

test("the life of a key, and the reveal with a screen reader", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal, PROJECT);
  const card = credentials.card("north");
  const button = (name: string) => card.getByRole("button", { name, exact: true });
  const dialog = page.getByRole("dialog");
  const inDialog = (name: string) => dialog.getByRole("button", { name, exact: true });
  const reveal = page.getByRole("dialog", { name: "Your credentials" });
  const confirm = dialog.getByRole("textbox", { name: "Type confirm to continue" });
  const status = dialog.getByRole("status");
  const hide = async () => {
    await press(reveal.getByRole("checkbox", { name: "I have stored the secret key" }), "Space");
    await press(inDialog("Hide secret"));
    await expect(reveal).toBeHidden();
  };
  await credentials.open();

  const explain = card.getByRole("button", { name: /^Explain/ }).first();
  await press(explain);
  await expect(page.getByRole("note")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("note")).toBeHidden();
  await expectVisibleFocus(explain);

  await press(button("Enable CLI Access"));
  await expectFocusIn(dialog);
  await page.keyboard.press("Escape");
  await expectVisibleFocus(button("Enable CLI Access"));
  await page.keyboard.press("Enter");
  await expect(status).toHaveText("");
  await press(inDialog("Enable"));
  await expect(reveal.getByRole("heading", { name: "Your credentials" })).toBeFocused();
  await expect(reveal).toHaveAccessibleDescription(/^Store your keys securely.*shown only now\.$/);
  await expect(reveal).toMatchAriaSnapshot(`
    - dialog "Your credentials":
      - heading "Your credentials"
      - textbox "Access Key"
      - button "Copy Access Key"
      - textbox "Secret Key"
      - button "Show secret"
      - button "Copy Secret Key"
      - textbox "Endpoint URL"
      - button "Copy Endpoint URL"
      - checkbox "I have stored the secret key"
      - button "Download"
      - button "Hide secret" [disabled]
  `);
  const secret = await reveal.getByRole("textbox", { name: "Secret Key" }).inputValue();
  expect(secret).toHaveLength(40);
  await press(inDialog("Show secret"));
  await expect(status.filter({ hasText: "Secret Key shown" })).toHaveCount(1);
  await expectVisibleFocus(inDialog("Mask secret"));
  await press(inDialog("Copy Secret Key"));
  await expect(messagesOf(page).getByText("Secret Key copied")).toBeVisible();
  const read = await page.locator("[aria-live], [role=status], [role=alert]").allTextContents();
  expect(read.join()).not.toContain(secret);
  await page.keyboard.press("Escape");
  const download = page.waitForEvent("download");
  await choose(inDialog("Download"), ".env");
  await download;
  await expect(inDialog("Download")).toBeFocused();
  await hide();
  await expectFocusIn(card);

  await press(button("Regenerate Keys"));
  await type(confirm, "confirm");
  await page.keyboard.press("Enter");
  await expect(reveal.getByRole("heading", { name: "Your credentials" })).toBeFocused();
  await expect(status.filter({ hasText: "refused after" })).toHaveCount(1);
  await hide();
  // A poll during the change takes buttons away for a while, so that the focus may be on a neighbour.
  await expectFocusIn(card);

  await press(button("Set expiration"));
  await press(inDialog("Set expiration"));
  await expect(dialog.getByRole("alert")).toContainText("Choose a date, or Never");
  await expect(dialog.getByLabel("Expiration date")).toBeFocused();
  await press(dialog.getByRole("checkbox", { name: "Never" }), "Space");
  await press(inDialog("Set expiration"));
  await expect(dialog).toBeHidden();
  await expectFocusIn(card);

  await press(button("Connect a client"));
  await tabTo(dialog.getByRole("tab", { name: "AWS CLI" }));
  await page.keyboard.press("ArrowRight");
  await expectVisibleFocus(dialog.getByRole("tab", { name: "s3cmd" }));
  await expect(dialog.getByRole("tab", { name: "s3cmd" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(button("Connect a client")).toBeFocused();

  for (const [verb, state] of [
    ["Deactivate", "INACTIVE"],
    ["Activate", "ACTIVE"],
  ] as const) {
    await press(button(verb));
    await press(inDialog(verb));
    await credentials.expectState("north", state);
    // The button that opened the dialog has gone.
    await expect(button(verb)).toHaveCount(0);
    await expectFocusIn(card);
  }

  await press(button("Add named key"));
  await type(dialog.getByRole("textbox", { name: "Name" }), "by keyboard");
  await tabTo(dialog.getByRole("combobox", { name: "Access" }));
  await page.keyboard.press("ArrowDown");
  await press(inDialog("Add"));
  await expect(reveal).toBeVisible();
  await hide();
  await expect(button("Add named key")).toBeFocused();
  const named = card.getByRole("listitem", { name: "by keyboard" });
  await expect(named).toContainText("Read only");
  const actions = button("Actions of by keyboard");
  await tabBackTo(actions);
  await choose(actions, "Set expiration");
  await expectFocusIn(dialog);
  await page.keyboard.press("Escape");
  await expect(actions).toBeFocused();

  await tabBackTo(button("Disable Access"));
  await page.keyboard.press("Enter");
  await type(confirm, "confirm");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Disable Access" })).toBeFocused();
  await expect(status.filter({ hasText: "every gateway refuses them" })).toHaveCount(1);
  await expect(status.filter({ hasText: "refused after" })).toHaveCount(1);
  await press(inDialog("Close"));
  await credentials.expectState("north", "DISABLED");
  await expectFocusIn(card);

  await page.setViewportSize({ width: 360, height: 640 });
  await expectFocusNotObscured(page);
  await page.goto(`/projects/${PROJECT}/object-storage/keys`);
  await expect(page.getByRole("heading", { name: "S3 Keys" })).toBeVisible();
  await expectFocusNotObscured(page);
  const pageState = "/api/page-state";
  const state = await (await page.request.get(pageState)).json();
  await page.route(`**${pageState}`, (route) => route.fulfill({ json: { ...state, build: "another" } }));
  // The page asks when the network comes, if it listens by then.
  await expect(async () => {
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await expect(page.getByRole("button", { name: "Reload" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expectFocusNotObscured(page);
});

test("access tokens and members", async ({ openAs, portal }) => {
  const mia = await openAs("member+");
  await mia.goto("/account/tokens");
  const dialog = mia.getByRole("dialog");
  const create = mia.getByRole("button", { name: "Create token" }).first();
  await press(create);
  await type(dialog.getByRole("textbox", { name: "Name" }), "by keyboard");
  await press(dialog.getByRole("button", { name: "Create token" }));
  await expect(dialog.getByRole("heading", { name: "Your token" })).toBeFocused();
  await press(dialog.getByRole("button", { name: "Copy token" }));
  await expect(messagesOf(mia).getByText("Token copied")).toBeVisible();
  await press(dialog.getByRole("checkbox", { name: "I have stored the token" }), "Space");
  await press(dialog.getByRole("button", { name: "Hide token" }));
  await expect(create).toBeFocused();
  await press(mia.getByRole("button", { name: "Revoke by keyboard" }));
  await press(dialog.getByRole("button", { name: "Revoke", exact: true }));
  await expect(messagesOf(mia).getByText("Token revoked")).toBeVisible();
  // The button has gone: its table has the focus.
  await expectVisibleFocus(mia.getByRole("group", { name: "Access tokens" }));

  const page = await openAs("admin");
  await page.goto("/projects/demo/members");
  const question = page.getByRole("dialog");
  const { email } = personOf(portal, "support");
  const add = page.getByRole("button", { name: "Add member" });
  await press(add);
  await type(question.getByRole("textbox", { name: "Email" }), "nobody");
  await page.keyboard.press("Enter");
  await expect(question.getByRole("alert")).toContainText("This is not an e-mail address");
  await expectVisibleFocus(question.getByRole("textbox", { name: "Email" }));
  await type(question.getByRole("textbox", { name: "Email" }), email);
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(add).toBeFocused();
  const row = page.getByRole("row").filter({ hasText: email });
  const role = row.getByRole("combobox", { name: /^Role of/ });
  await tabTo(role);
  await page.keyboard.press("ArrowDown");
  await press(question.getByRole("button", { name: "Change role" }));
  await expect(role).toHaveValue("member");
  await expect(role).toBeFocused();
  await press(row.getByRole("button", { name: /^Remove/ }));
  await press(question.getByRole("button", { name: "Remove" }));
  await expect(row).toHaveCount(0);
  await expectVisibleFocus(page.getByRole("group", { name: "Members" }));
});

test("the administration: a user, a region's check, filters and pages", async ({ openAs, portal }) => {
  const page = await openAs("platform-admin");
  const dialog = page.getByRole("dialog");
  await page.goto("/admin/users");
  const add = page.getByRole("button", { name: "Add user" });
  await press(add);
  await type(dialog.getByRole("textbox", { name: "Name" }), "Key Board");
  await type(dialog.getByRole("textbox", { name: "Email" }), "keyboard@example.org");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Set-up link" })).toBeFocused();
  await press(dialog.getByRole("checkbox", { name: "I have copied the link" }), "Space");
  await press(dialog.getByRole("button", { name: "Hide link" }));
  await expect(add).toBeFocused();
  const actions = page.getByRole("button", { name: "Actions of Key Board" });
  await choose(actions, "Disable");
  await press(dialog.getByRole("button", { name: "Disable" }));
  await expect(page.getByRole("row").filter({ hasText: "Key Board" })).toContainText("Disabled");
  await expect(actions).toBeFocused();

  await page.goto("/admin/regions/north/edit");
  const test = page.getByRole("button", { name: "Test connection" });
  await press(test);
  await expect(page.getByRole("status").filter({ hasText: /\S/ })).toHaveCount(1);
  await expect(page.getByRole("list", { name: "Findings" })).toHaveAttribute("aria-live", "polite");
  await expect(test).toBeFocused();

  await withDatabase(await readDatabaseUrl(portal), async (database) => {
    await database.query(
      "INSERT INTO projects (id, slug, name) SELECT gen_random_uuid(), 'page-' || n, 'page' FROM generate_series(1, $1) n",
      [PAGE_OF_PROJECTS + 1],
    );
    await page.goto("/admin/projects");
    await type(page.getByRole("searchbox"), "page-");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "The list is filtered" })).toHaveCount(1);
    const rows = page.getByRole("table").getByRole("row");
    await press(page.getByRole("link", { name: "Next page" }));
    await expect(rows).toHaveCount(2);
    await press(page.getByRole("link", { name: "First page" }));
    await expect(rows).toHaveCount(PAGE_OF_PROJECTS + 1);
    await database.query("DELETE FROM projects WHERE slug LIKE 'page-%'");
  });
});

test("support: a search, an end with a reason, and a bulk revocation", async ({ openAs, portal }) => {
  const mia = new CredentialsPage(await openAs("member+"), portal, PROJECT);
  await mia.open();
  const { accessKeyId } = await mia.issue("south");
  await mia.hideSecret();
  const other = await mia.issue("north");
  await mia.hideSecret();
  const page = await openAs("support");
  const dialog = page.getByRole("dialog");
  await page.goto("/support");
  await type(page.getByRole("searchbox", { name: "Access key" }), accessKeyId);
  await page.keyboard.press("Enter");
  const found = page.getByRole("article", { name: accessKeyId });
  await press(found.getByRole("button", { name: "Disable Access" }));
  await type(dialog.getByRole("textbox", { name: "Type confirm to continue" }), "confirm");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("Say why");
  await page.keyboard.press("Escape");
  await expectVisibleFocus(found.getByRole("button", { name: "Disable Access" }));
  await page.keyboard.press("Enter");
  await type(dialog.getByRole("textbox", { name: "Reason" }), "by keyboard");
  await type(dialog.getByRole("textbox", { name: "Type confirm to continue" }), "confirm");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Disable Access" })).toBeFocused();
  await press(dialog.getByRole("button", { name: "Close" }));
  await expect(found.getByText("saying “by keyboard”").first()).toBeVisible();
  await expectFocusIn(found);

  await page.goto("/support/bulk-revoke");
  await type(page.getByRole("textbox", { name: "Text with access keys" }), other.accessKeyId);
  const preview = page.getByRole("button", { name: "Preview" });
  await press(preview);
  await expect(page.getByRole("heading", { name: "Preview" })).toBeFocused();
  await press(page.getByRole("button", { name: "Back" }));
  await expectVisibleFocus(preview);
  await page.keyboard.press("Enter");
  await type(page.getByRole("textbox", { name: "Reason" }), "by keyboard");
  await type(page.getByRole("textbox", { name: "Type confirm to continue" }), "confirm");
  await press(page.getByRole("button", { name: "Revoke 1 key" }));
  await expect(page.getByRole("status").filter({ hasText: "Finished: 1 key: 1 revoked" })).toHaveCount(1);
});
