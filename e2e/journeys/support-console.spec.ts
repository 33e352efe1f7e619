import type { Page } from "@playwright/test";
import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, personOf, test } from "../fixtures/test";

const REGION = "south";
const NEVER = ["Enable CLI Access", "Regenerate Keys", "Activate", "Set expiration", "Show secret"];

async function search(page: Page, by: "Access key" | "Email" | "Project", text: string): Promise<void> {
  const form = page.getByRole("search", { name: "Find a key" });
  await form.getByRole("radio", { name: by }).check();
  await form.getByRole("searchbox", { name: by }).fill(text);
  await form.getByRole("button", { name: "Find" }).click();
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const boxes = page.locator("html, [role=group]");
  const wide = await boxes.evaluateAll((found) => found.filter((box) => box.scrollWidth > box.clientWidth).length);
  expect(wide).toBe(0);
}

test("support finds a key by a part, by its owner and by its project, and switches it off with a reason", async ({
  openAs,
  portal,
}) => {
  const mia = new CredentialsPage(await openAs("member+"), portal);
  await mia.open();
  const key = await mia.issue(REGION);
  await mia.hideSecret();
  const page = await openAs("support");
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto("/support");
  const row = page.getByRole("row").filter({ hasText: key.accessKeyId });

  await search(page, "Access key", key.accessKeyId.slice(4, 15).toLowerCase());
  await expect(row).toContainText("Demo");
  await expect(row).toContainText("ACTIVE");
  await expectNoSidewaysScroll(page);

  const { email } = personOf(portal, "member+");
  // An e-mail address in the place of an access key.
  await search(page, "Access key", ` ${email.toUpperCase()}\u200b`);
  await expect(page.getByRole("article").filter({ hasText: email })).toContainText("Enabled");
  await expect(page.getByRole("radio", { name: "Email" })).toBeChecked();
  await expect(row).toBeVisible();

  await search(page, "Project", "DEM");
  await expect(page.getByRole("article", { name: "Demo" })).toContainText(REGION);
  await expectNoSidewaysScroll(page);
  await row.getByRole("link", { name: key.accessKeyId }).click();

  const found = page.getByRole("article", { name: key.accessKeyId });
  await found.getByRole("button", { name: "Deactivate" }).click();
  const dialog = page.getByRole("dialog", { name: "Deactivate" });
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Say why");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("seen in a public repository");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(found.getByText("INACTIVE")).toBeVisible();
  await expect(found.getByText("saying “seen in a public repository”").first()).toBeVisible();
  for (const button of NEVER) await expect(page.getByRole("button", { name: button, exact: true })).toHaveCount(0);
  await mia.expectState(REGION, "INACTIVE");

  // The key is replaced while the dialog is open: neither of the two is ended.
  await found.getByRole("button", { name: "Disable Access" }).click();
  const disable = page.getByRole("dialog", { name: "Disable Access" });
  await disable.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await disable.getByRole("textbox", { name: "Reason" }).fill("leaked");
  await mia.regenerate(REGION);
  await mia.hideSecret();
  await disable.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(disable.getByText("is not the current key here any more")).toBeVisible();
  await mia.expectState(REGION, "ACTIVE");
});

test("what cannot be searched for is refused with a sentence, and an empty result says what to do", async ({
  openAs,
}) => {
  const page = await openAs("support");
  await page.goto("/support");
  const secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";
  for (const [text, sentence] of [
    ["", "at least 3 characters"],
    ["L", "at least 3 characters"],
    ["%_%", "letters and digits only"],
    [secret, "looks like a secret key, so it was not searched for"],
  ] as const) {
    await search(page, "Access key", text);
    await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
  }
  expect(page.url()).not.toContain(secret);
  await search(page, "Access key", "NOSUCHPART");
  await expect(page.getByText("search for a shorter part, by email or by project")).toBeVisible();
  await search(page, "Email", "nobody_%@example.org");
  await expect(page.getByText("Nobody has this e-mail address here")).toBeVisible();
  await search(page, "Project", String.raw`no\such%project`);
  await expect(page.getByText("No project has this name or slug")).toBeVisible();
  for (const address of ["/support?by=email&text=a", "/support?by=nothing&text=%00", "/support?text=LKA&cursor=x"])
    expect((await page.goto(address))?.status(), address).toBe(200);
});
