import type { Page } from "@playwright/test";
import { expectAccessibleInTwoLooks } from "../fixtures/accessible";
import { runAdmin } from "../fixtures/admin";
import { type ApiClient, connectWithToken } from "../fixtures/api-client";
import { CredentialsPage } from "../fixtures/credentials-page";
import { withDatabase } from "../fixtures/database";
import { addFaultyRegion, type FaultyStorage } from "../fixtures/faulty-storage";
import { startOwnPortal } from "../fixtures/own-portal";
import type { PortalFacts } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { expect, personOf, START_MS, test as base } from "../fixtures/test";

/** The regions are north, south and `faulty`, whose storage system can be made to fail. */
const test = base.extend<object, { ownPortal: PortalFacts; storage: FaultyStorage }>({
  ownPortal: [
    async ({}, use) => {
      const { facts, stop } = await startOwnPortal();
      await use(facts);
      await stop();
    },
    { scope: "worker", timeout: START_MS },
  ],
  storage: [
    async ({ ownPortal }, use) => {
      const storage = await addFaultyRegion(ownPortal);
      await use(storage);
      await storage.stop();
    },
    { scope: "worker", timeout: START_MS },
  ],
  portal: async ({ ownPortal, storage: _ }, use) => use(ownPortal),
});

test.describe.configure({ mode: "serial" });

const SLUG = "strasse-7";
const PAGE = `/admin/projects/${SLUG}`;
/** With an emoji, letters from right to left, an override of the direction, and a space without width. */
const ODD_NAME = "Straße 🔑 7 \u202eأحمد\u200b";

const dialogOf = (page: Page, name: string) => page.getByRole("dialog", { name });
const stateOf = (page: Page, text: string) => page.getByRole("definition").filter({ hasText: text });

/** The API with the token that the first test makes for the project's member+. */
let api: ApiClient;

test("a platform admin adds a project and renames it; what does not fit has its sentence", async ({
  openAs,
  portal,
}) => {
  const page = await openAs("platform-admin");
  await page.goto("/admin/projects");
  await page.getByRole("button", { name: "Add project" }).click();
  const dialog = dialogOf(page, "Add project");
  const name = dialog.getByRole("textbox", { name: "Name" });
  const slug = dialog.getByRole("textbox", { name: "Slug" });
  const add = dialog.getByRole("button", { name: "Add project" });
  await name.fill("\u200b\u202e");
  await add.click();
  await expect(dialog.getByText("Give a name that can be seen")).toBeVisible();
  await name.fill(ODD_NAME);
  await expect(slug).toHaveValue(SLUG);
  for (const [typed, sentence] of [
    ["admin", "The slug admin is reserved for the portal: choose another one"],
    ["../demo", "A slug is one word and not a path"],
    ["demo", "There is a project demo already. Nothing was changed; choose another slug."],
  ] as const) {
    await slug.fill(typed);
    await add.click();
    await expect(dialog.getByText(sentence)).toBeVisible();
  }
  await slug.fill(SLUG);
  await add.click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: SLUG });
  // The name is isolated: it turns nothing around that stands beside it.
  await expect(row.locator("bdi")).toHaveText(ODD_NAME);
  await row.getByRole("link", { name: "Straße" }).first().click();

  await page.getByRole("button", { name: "Rename" }).click();
  const rename = dialogOf(page, "Rename");
  await expect(rename.getByRole("textbox", { name: "Name" })).toHaveValue(ODD_NAME);
  await rename.getByRole("textbox", { name: "Name" }).fill("Street seven");
  await rename.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { name: "Street seven" })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${PAGE}$`));

  const { email } = personOf(portal, "member+");
  await runAdmin(portal, ["member", "set", SLUG, email, "member+"]);
  api = connectWithToken(portal.url, (await runAdmin(portal, ["token", "create", email, "--name", SLUG])).trim());
});

test("a project is restricted to one region: none other gives a key, and a key that exists can be ended", async ({
  openAs,
  portal,
}) => {
  expect(await api.enable({ project: SLUG, region: "faulty" })).toMatchObject({ data: { ok: true } });
  const page = await openAs("platform-admin");
  await page.goto(PAGE);
  await page.getByRole("button", { name: "Change regions" }).click();
  const dialog = dialogOf(page, "Regions");
  await dialog.getByRole("combobox", { name: "The project may use" }).selectOption("Only these regions");
  for (const region of ["faulty", "north", "south"]) await dialog.getByRole("checkbox", { name: region }).uncheck();
  await expect(dialog.getByText("The project can use no region then.")).toBeVisible();
  await dialog.getByRole("checkbox", { name: "north" }).check();
  await expect(dialog.getByText("faulty gets closed. 1 key works on there and can be disabled")).toBeVisible();
  await expect(dialog.getByText("south gets closed. The project has no keys there.")).toBeVisible();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  for (const [region, text] of [
    ["north", "May use it"],
    ["south", "May not use it"],
  ] as const) {
    await expect(page.getByRole("row").filter({ hasText: region })).toContainText(text);
  }

  const member = await openAs("member+");
  const credentials = new CredentialsPage(member, portal, SLUG);
  await credentials.open();
  const south = member.getByRole("listitem").filter({ has: member.getByRole("heading", { name: "south" }) });
  await expect(south).toContainText("Object storage is not enabled in this region");
  await expect(member.getByRole("button", { name: "Enable CLI Access" })).toHaveCount(1);
  await expect(credentials.card("north").getByRole("button", { name: "Enable CLI Access" })).toBeVisible();
  await expect(credentials.card("faulty")).toContainText("Object storage is not enabled in this region.");
  await expect(credentials.card("faulty").getByRole("button", { name: "Disable Access" })).toBeVisible();
  await expect(credentials.card("faulty").getByRole("button", { name: "Regenerate Keys" })).toHaveCount(0);
  for (const refused of [
    await api.enable({ project: SLUG, region: "south" }),
    await api.regenerate({ project: SLUG, region: "faulty" }),
  ]) {
    expect(refused).toMatchObject({ data: { ok: false, reason: "region-closed" } });
  }
});

test.describe("a project that is switched off", () => {
  test.use({ expectedErrors: [/404/] });

  test("is hidden from its members until it is enabled again", async ({ openAs }) => {
    const page = await openAs("platform-admin");
    const member = await openAs("member+");
    await page.goto(PAGE);
    for (const [button, says, state, status] of [
      ["Disable", "Its key goes on working", "Switched off", 404],
      ["Enable", "Nothing happens to the keys.", "Active", 200],
    ] as const) {
      await page.getByRole("button", { name: button, exact: true }).click();
      const question = dialogOf(page, button);
      await expect(question).toContainText(says);
      await question.getByRole("button", { name: button }).click();
      await expect(question).toBeHidden();
      await expect(stateOf(page, state)).toBeVisible();
      expect((await member.goto(`/projects/${SLUG}/object-storage`))?.status()).toBe(status);
      const asked = await api.disable({ project: SLUG, region: "north" });
      expect(asked.kind).toBe(status === 404 ? "refused" : "data");
    }
  });
});

test("a removal that the storage system refuses is listed with its next step, and Retry settles it", async ({
  openAs,
  portal,
  storage,
}) => {
  const page = await openAs("platform-admin");
  await page.goto("/admin/operations");
  await expect(page.getByText("Nothing is unfinished")).toBeVisible();
  const [keyId = ""] = await storage.readKeyIds();
  const change = { match: (method: string) => method !== "GET", when: "before" } as const;
  const refusing = storage.admin.inject({ ...change, what: "error" });
  expect(await api.disable({ project: SLUG, region: "faulty" })).toMatchObject({ data: { outcome: "revoking" } });
  await refusing.reached;
  // Its time is over: nobody waits for that here.
  await withDatabase(await readDatabaseUrl(portal), (database) =>
    database.query("UPDATE access_keys SET ended_at = ended_at - interval '1 hour' WHERE access_key_id = $1", [keyId]),
  );

  await page.goto("/admin/operations?state=stuck");
  const row = page.getByRole("row").filter({ hasText: keyId });
  await expect(row).toContainText("Stuck");
  await expect(row).toContainText("The storage system has not confirmed that the key is gone. The key may still work.");
  await expect(row).toContainText(/Repair the region faulty|The worker tries again by itself/);
  await expect(row.getByRole("link", { name: "Street seven" })).toBeVisible();
  expect(await storage.readKeyIds()).toEqual([keyId]);
  await row.getByRole("button", { name: "Retry Removal of a key" }).click();
  const question = dialogOf(page, "Retry");
  await expect(question).toContainText(`The worker removes ${keyId} and asks every gateway until it refuses the key.`);
  await expectAccessibleInTwoLooks(page, "retry-change.tsx: Retry");
  // The worker tries by itself too: held, it settles nothing before the person has asked for it.
  const held = storage.admin.inject({ ...change, what: "hold" });
  refusing.release();
  await question.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText(/^The worker tries this (now|at this moment)\./)).toBeVisible();
  await expect(question).toBeHidden();
  await held.reached;
  held.release();
  await expect(page.getByText("Nothing in this state")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page.getByText("Nothing is unfinished")).toBeVisible();
  expect(await storage.readKeyIds()).toEqual([]);
});
