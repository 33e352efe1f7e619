import { CredentialsPage } from "../fixtures/credentials-page";
import { letDatePass } from "../fixtures/let-date-pass";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { expect, test } from "../fixtures/test";

const list = async (key: S3Credentials) => (await aws(key, ["s3", "ls"])).code === 0;

test("a key with a date is switched off and on, expires, and is revived by a later date", async ({
  openAs,
  portal,
}) => {
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal);
  const card = credentials.card("north");
  const dialog = page.getByRole("dialog");
  const open = (button: string) => card.getByRole("button", { name: button, exact: true }).click();
  const press = (button: string) => dialog.getByRole("button", { name: button, exact: true }).click();
  await credentials.open();
  await credentials.disableIfEnabled("north");

  await open("Enable CLI Access");
  await dialog.getByLabel("Expiration date").fill("2063-04-05T12:30");
  await expect(dialog.getByText(/2063-04-05 \d\d:\d\d UTC/)).toBeVisible();
  await press("Enable");
  const key = await credentials.readReveal("north");
  await credentials.hideSecret();
  await expect(card.getByText(/5 Apr 2063/)).toBeVisible();
  expect(await list(key)).toBe(true);

  await open("Deactivate");
  await press("Deactivate");
  await credentials.expectState("north", "INACTIVE");
  expect(await list(key)).toBe(false);
  await open("Activate");
  await press("Activate");
  await credentials.expectState("north", "ACTIVE");
  expect(await list(key)).toBe(true);
  await expect(card.getByText(/5 Apr 2063/)).toBeVisible();

  await open("Set expiration");
  await expect(dialog.getByLabel("Expiration date")).toHaveValue("2063-04-05T12:30");
  await dialog.getByLabel("Expiration date").fill("");
  await press("Set expiration");
  await expect(dialog.getByRole("alert")).toContainText("Choose a date, or Never");
  await dialog.getByLabel("Expiration date").fill("2020-01-01T00:00");
  await press("Set expiration");
  await expect(dialog.getByRole("alert")).toContainText("more than a minute from now");
  await dialog.getByRole("checkbox", { name: "Never" }).check();
  await press("Set expiration");
  await expect(dialog).toBeHidden();
  await expect(card.getByText("Never", { exact: true })).toBeVisible();

  await letDatePass(portal, key.accessKeyId);
  await credentials.expectState("north", "EXPIRED");
  await expect.poll(() => list(key), { timeout: 60_000 }).toBe(false);
  await open("Set expiration");
  await expect(dialog.getByText("The key has expired.")).toBeVisible();
  await dialog.getByLabel("Expiration date").fill("2064-01-01T00:00");
  await press("Set expiration");
  await credentials.expectState("north", "ACTIVE");
  expect(await list(key)).toBe(true);

  await page.goto("/projects/demo/object-storage/keys?region=north");
  await page.getByRole("button", { name: new RegExp(key.accessKeyId) }).click();
  for (const sentence of [/switched .* off\.$/, /its date has passed/, /it works again/])
    await expect(page.getByText(sentence).first()).toBeVisible();

  await page.emulateMedia({ colorScheme: "light" });
  const dark = await page.locator("body").evaluate((body) => getComputedStyle(body).color);
  // On paper: this key and its history alone, dark on white.
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.getByText(/Times are in your time zone, Asia\/Kath?mandu\./)).toBeVisible();
  await expect(page.getByText(/it works again/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^[A-Z0-9]{16,}$/ })).toHaveCount(1);
  for (const gone of [
    page.getByRole("navigation"),
    page.getByRole("banner"),
    page.getByRole("button", { name: "Print" }),
  ])
    await expect(gone).toHaveCount(0);
  await expect(page.locator("body")).toHaveCSS("color", dark);
  await page.emulateMedia({ media: "screen" });
  const printed = page.waitForFunction(() => "printed" in window);
  await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { printed: true }) }));
  await page.getByRole("button", { name: "Print" }).click();
  await printed;
});

test("the old key is kept beside the new one, kept for longer, and retired", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal);
  const card = credentials.card("south");
  const dialog = page.getByRole("dialog");
  await credentials.open();
  await credentials.disableIfEnabled("south");
  const old = await credentials.enable("south");
  await credentials.hideSecret();

  await card.getByRole("button", { name: "Regenerate Keys" }).click();
  await dialog.getByRole("radio", { name: "Keep the old keys for" }).check();
  await dialog.getByRole("combobox", { name: "How long to keep the old keys" }).selectOption("7 days");
  await expect(dialog.getByText("Both pairs work until about")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await dialog.getByRole("button", { name: "Regenerate Keys" }).click();
  const key = await credentials.readReveal("south");
  await credentials.hideSecret();
  await expect(card.getByText(/RETIRING until/)).toBeVisible();
  expect([await list(old), await list(key)]).toEqual([true, true]);

  await card.getByRole("button", { name: "Keep longer" }).click();
  await dialog.getByRole("combobox", { name: "Keep the old keys for" }).selectOption("1 hour");
  await dialog.getByRole("button", { name: "Keep longer" }).click();
  await expect(dialog).toBeHidden();
  await card.getByRole("button", { name: "Retire now" }).click();
  await dialog.getByRole("button", { name: "Retire now" }).click();
  await expect(dialog).toBeHidden();
  await expect(card.getByText(/RETIRING until/)).toHaveCount(0);
  await expect.poll(() => list(old), { timeout: 60_000 }).toBe(false);
  expect(await list(key)).toBe(true);
});

test("support switches a key off with a reason, and can switch none on", async ({ openAs, portal }) => {
  const mia = new CredentialsPage(await openAs("member+"), portal);
  await mia.open();
  await mia.issue("south");
  await mia.hideSecret();
  const sue = new CredentialsPage(await openAs("support"), portal);
  await sue.open();
  const card = sue.card("south");
  await card.getByRole("button", { name: "Deactivate", exact: true }).click();
  const dialog = sue.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Say why");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("seen in a public repository");
  await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
  await sue.expectState("south", "INACTIVE");
  for (const absent of ["Activate", "Set expiration", "Regenerate Keys"])
    await expect(card.getByRole("button", { name: absent, exact: true })).toHaveCount(0);
  await mia.expectState("south", "INACTIVE");
});
