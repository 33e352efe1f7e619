import type { Page } from "@playwright/test";
import { runAdmin } from "../fixtures/admin";
import { withDatabase } from "../fixtures/database";
import type { PortalFacts } from "../fixtures/portal";
import { readActionIds, requestSession } from "../fixtures/portal-client";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { expect, personOf, test } from "../fixtures/test";

test.describe.configure({ mode: "serial" });

const PATH = "/projects/crew/members";
const ADDED = "zofie@example.org";
/** With an emoji, letters from right to left, an override of the direction, and a space without width. */
const ODD_NAME = "Žofie 🔑 \u202eأحمد\u200b";

/** A project of this spec, with the first run's admin and member+ in it. */
test.beforeAll(async ({ workerPortal: portal }) => {
  await runAdmin(portal, ["project", "create", "crew", "--name", "Crew"]);
  await runAdmin(portal, ["user", "create", ADDED, "--name", ODD_NAME]);
  await runAdmin(portal, ["member", "set", "crew", personOf(portal, "admin").email, "admin"]);
  await runAdmin(portal, ["member", "set", "crew", personOf(portal, "member+").email, "member+"]);
});

test.afterAll(async ({ workerPortal: portal }) => {
  await withDatabase(await readDatabaseUrl(portal), (database) =>
    database.query("DELETE FROM projects WHERE slug = 'crew'"),
  );
});

const listMembers = (portal: PortalFacts) => runAdmin(portal, ["member", "list", "crew"]);
const rowOf = (page: Page, email: string) => page.getByRole("row").filter({ hasText: email });

async function openMembers(page: Page): Promise<void> {
  await page.goto(PATH);
  await expect(page.getByRole("heading", { level: 1, name: "Members" })).toBeVisible();
}

async function openDialog(page: Page, email: string) {
  await page.getByRole("button", { name: "Add member" }).click();
  const dialog = page.getByRole("dialog", { name: "Add member" });
  await dialog.getByRole("textbox", { name: "Email" }).fill(email);
  return { dialog, add: dialog.getByRole("button", { name: "Add member" }) };
}

async function chooseRole(page: Page, email: string, role: string) {
  await rowOf(page, email).getByRole("combobox", { name: "Role" }).selectOption(role);
  const question = page.getByRole("dialog", { name: "Change role" });
  return { question, change: question.getByRole("button", { name: "Change role" }) };
}

test("a project admin adds a person with an odd name, changes the role and removes the person", async ({
  openAs,
  portal,
}) => {
  const page = await openAs("admin");
  await page.goto("/projects/crew/object-storage");
  await page.getByRole("link", { name: "Members" }).click();
  await expect(page).toHaveURL(new RegExp(`${PATH}$`));

  const { dialog, add } = await openDialog(page, "  Zofie@Example.ORG ");
  await dialog.getByRole("combobox", { name: "Role" }).selectOption("member");
  await add.click();
  await expect(dialog).toBeHidden();
  const row = rowOf(page, ADDED);
  await expect(row).toBeVisible();
  // The name is isolated: it turns nothing around that stands beside it.
  await expect(row.locator("bdi")).toHaveText(ODD_NAME);
  expect(await listMembers(portal)).toMatch(/zofie@example\.org .* member$/m);

  const { question, change } = await chooseRole(page, ADDED, "member+");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(row.getByRole("combobox", { name: "Role" })).toHaveValue("member");
  await chooseRole(page, ADDED, "member+");
  await change.click();
  await expect(question).toBeHidden();
  await expect(row.getByRole("combobox", { name: "Role" })).toHaveValue("member+");
  expect(await listMembers(portal)).toMatch(/zofie@example\.org .* member\+$/m);

  await page.getByRole("searchbox", { name: "Name or email" }).fill("🔑");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(row).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();

  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove" }).getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
  expect(await listMembers(portal)).not.toContain(ADDED);
});

test("what does not fit is refused with a sentence, and nothing changes", async ({ openAs, portal }) => {
  const before = await listMembers(portal);
  const page = await openAs("admin");
  await openMembers(page);
  const { dialog, add } = await openDialog(page, "");
  for (const email of ["", "nobody", "🔑@example.org", "ada\u200b@example.org", "ada\u202e@example.org"]) {
    await dialog.getByRole("textbox", { name: "Email" }).fill(email);
    await add.click();
    await expect(dialog.getByText("This is not an e-mail address like name@example.org")).toBeVisible();
  }
  await dialog.getByRole("textbox", { name: "Email" }).fill("nobody@example.org");
  await add.click();
  await expect(dialog.getByText("Ask a platform admin to make one. Nothing was changed.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Email" }).fill(personOf(portal, "member+").email.toUpperCase());
  await dialog.getByRole("combobox", { name: "Role" }).selectOption("admin");
  await add.click();
  await expect(dialog.getByText("is in the project already, as member+. Nothing was changed")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  const self = personOf(portal, "admin").email;
  const { question, change } = await chooseRole(page, self, "member");
  await expect(question.getByText("This is you.")).toBeVisible();
  await change.click();
  await expect(question.getByText("is the last admin of this project who can sign in")).toBeVisible();
  await page.keyboard.press("Escape");
  await rowOf(page, self).getByRole("button", { name: "Remove" }).click();
  const removal = page.getByRole("dialog", { name: "Remove" });
  await expect(removal.getByText("This is you.")).toBeVisible();
  await removal.getByRole("button", { name: "Remove" }).click();
  await expect(removal.getByText("is the last admin of this project who can sign in")).toBeVisible();
  expect(await listMembers(portal)).toBe(before);
});

test.describe("a role that is gone", () => {
  test.use({ expectedErrors: [/404/] });

  test("while the dialog is open: the person reads so, and nothing changes", async ({ openAs, portal }) => {
    const page = await openAs("admin");
    await openMembers(page);
    const { dialog, add } = await openDialog(page, ADDED);
    await runAdmin(portal, ["member", "set", "crew", personOf(portal, "admin").email, "member"]);
    const before = await listMembers(portal);
    await add.click();
    // The page under the dialog is gone too, so a toast says it.
    await expect(page.getByText("you may not see it. Nothing was changed.").first()).toBeVisible();
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
    await expect(dialog).toHaveCount(0);
    expect(await listMembers(portal)).toBe(before);
    expect((await page.goto(PATH))?.status()).toBe(404);
    await runAdmin(portal, ["member", "set", "crew", personOf(portal, "admin").email, "admin"]);
  });

  test("or a member who is gone meanwhile: the row says so and goes", async ({ openAs, portal }) => {
    await runAdmin(portal, ["member", "set", "crew", ADDED, "member"]);
    const page = await openAs("admin");
    await openMembers(page);
    const { question, change } = await chooseRole(page, ADDED, "admin");
    await runAdmin(portal, ["member", "set", "crew", ADDED, "member+"]);
    await change.click();
    await expect(question.getByText(`Somebody else has made ${ADDED} member+ in the meantime.`)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(rowOf(page, ADDED).getByRole("combobox", { name: "Role" })).toHaveValue("member+");
    await rowOf(page, ADDED).getByRole("button", { name: "Remove" }).click();
    await runAdmin(portal, ["member", "remove", "crew", ADDED]);
    const removal = page.getByRole("dialog", { name: "Remove" });
    await removal.getByRole("button", { name: "Remove" }).click();
    await expect(page.getByText(`${ADDED} is not in the project. Nothing was changed.`)).toBeVisible();
  });

  test("the page and the actions are not there for whoever may not manage members", async ({ openAs, portal }) => {
    const ids = await readActionIds();
    const call = async (action: string, input: object, cookie: string, origin = portal.url) => {
      const headers = { accept: "text/x-component", "content-type": "text/plain;charset=UTF-8", origin, cookie };
      // An action answers at the page that uses it.
      const path = action === "dismissJoinNotice" ? "/projects/crew/object-storage" : PATH;
      const reply = await fetch(`${portal.url}${path}`, {
        method: "POST",
        headers: { ...headers, "next-action": ids.get(action) ?? "" },
        body: JSON.stringify([{ project: "crew", ...input }]),
      });
      return { status: reply.status, text: await reply.text() };
    };
    const before = await listMembers(portal);
    const member = { email: personOf(portal, "member+").email };
    const attempts: [string, object][] = [
      ["addMember", { email: ADDED, role: "admin" }],
      ["setMemberRole", { ...member, role: "admin", former: "member+" }],
      ["removeProjectMember", member],
      ["joinProject", { role: "admin" }],
      ["dismissJoinNotice", { until: new Date().toISOString() }],
    ];
    for (const role of ["member+", "member", "support"]) {
      const cookie = await requestSession(portal.url, personOf(portal, role));
      for (const [action, input] of attempts) expect((await call(action, input, cookie)).status, action).toBe(404);
      const page = await openAs(role);
      expect((await page.goto(PATH))?.status(), role).toBe(404);
      await page.goto("/");
      await expect(page.getByRole("link", { name: "Members" })).toHaveCount(0);
    }
    const admin = await requestSession(portal.url, personOf(portal, "admin"));
    for (const [action, input] of attempts) {
      expect((await call(action, input, "")).text, action).toContain("UNAUTHENTICATED");
      expect((await call(action, input, admin, "https://evil.example")).status, action).toBe(403);
      expect((await call(action, { ...input, extra: 1 }, admin)).text, action).toContain("validationErrors");
      expect((await call(action, { ...input, project: "demo\u0000" }, admin)).text, action).toContain(
        "validationErrors",
      );
    }
    expect(await listMembers(portal)).toBe(before);
  });
});

test("a platform admin joins the project, and its admin is told until the notice is dismissed", async ({
  openAs,
  portal,
}) => {
  const page = await openAs("platform-admin");
  await page.goto("/admin/projects");
  await page
    .getByRole("row", { name: /crew/ })
    .getByRole("link", { name: /members of Crew/ })
    .click();
  await page.getByRole("button", { name: "Join project" }).click();
  const question = page.getByRole("dialog", { name: "Join project" });
  await question.getByRole("combobox", { name: "Role" }).selectOption("admin");
  await question.getByRole("button", { name: "Join project" }).click();
  await expect(rowOf(page, personOf(portal, "platform-admin").email)).toBeVisible();
  await expect(page.getByRole("button", { name: "Join project" })).toHaveCount(0);

  const olga = await openAs("admin");
  await olga.goto("/projects/crew/object-storage");
  const notice = olga.getByText(/Petra Admin, a platform admin, joined on .* as admin\./);
  await expect(notice).toBeVisible();
  await olga.getByRole("button", { name: "Dismiss" }).click();
  await expect(notice).toHaveCount(0);
  await olga.reload();
  await expect(olga.getByRole("heading", { name: "Object Storage Dashboard" })).toBeVisible();
  await expect(notice).toHaveCount(0);
});
