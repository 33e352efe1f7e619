import { writeFile } from "node:fs/promises";
import { CredentialsPage } from "../fixtures/credentials-page";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { expect, test } from "../fixtures/test";

const list = async (key: S3Credentials) => (await aws(key, ["s3", "ls"])).code === 0;

test("a read-only named key is added, regenerated and disabled for itself alone", async ({ openAs, portal }, info) => {
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal);
  const card = credentials.card("north");
  const dialog = page.getByRole("dialog");
  const fill = (name: string, text: string) => dialog.getByRole("textbox", { name }).fill(text);
  const press = (name: string) => dialog.getByRole("button", { name, exact: true }).click();
  await credentials.open();
  await credentials.disableIfEnabled("north");
  const main = await credentials.enable("north");
  await credentials.hideSecret();

  const add = card.getByRole("button", { name: "Add named key" });
  await add.click();
  await expect(dialog.getByRole("heading", { name: "Add named key" })).toBeVisible();
  await press("Add");
  await expect(dialog.getByRole("alert")).toContainText("Give the key a name");
  await fill("Name", "backup host");
  await dialog.getByRole("combobox", { name: "Access" }).selectOption("Read only");
  await press("Add");
  const old = await credentials.readReveal("north");
  await expect(dialog.getByText("Old key")).toHaveCount(0);
  await credentials.hideSecret();
  const named = card.getByRole("listitem", { name: "backup host" });
  await expect(named.getByText("ACTIVE", { exact: true })).toBeVisible();
  await expect(named.getByText("Read only", { exact: true })).toBeVisible();
  await expect(named.getByText(old.accessKeyId)).toBeVisible();

  await add.click();
  await fill("Name", "Backup Host");
  await press("Add");
  await expect(dialog.getByRole("alert")).toContainText("exists here already");
  await press("Cancel");

  const choose = async (item: string) => {
    await named.getByRole("button", { name: "Actions of backup host" }).click();
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  await choose("Regenerate Keys");
  await fill("Type confirm to continue", "confirm");
  await press("Regenerate Keys");
  const reader = await credentials.readReveal("north");
  await credentials.hideSecret();
  await expect.poll(() => list(old), { timeout: 60_000 }).toBe(false);

  const bucket = `named-${Date.now()}`;
  const file = info.outputPath("file.txt");
  await writeFile(file, "data");
  expect((await aws(main, ["s3", "mb", `s3://${bucket}`])).code).toBe(0);
  expect((await aws(main, ["s3", "cp", file, `s3://${bucket}/file.txt`])).code).toBe(0);
  expect((await aws(reader, ["s3", "cp", `s3://${bucket}/file.txt`, "-"])).stdout).toBe("data");
  for (const refused of [
    ["cp", file, `s3://${bucket}/other.txt`],
    ["rm", `s3://${bucket}/file.txt`],
  ])
    expect((await aws(reader, ["s3", ...refused])).stderr).toContain("AccessDenied");

  await choose("Disable Access");
  await expect(dialog.getByText("disable the key “backup host” of north")).toBeVisible();
  await expect(dialog.getByText(/other keys? of this project in north works? on\./)).toBeVisible();
  await fill("Type confirm to continue", "confirm");
  await press("Disable");
  await expect(dialog.getByText(/refused after/).first()).toBeVisible();
  await press("Close");
  await expect(named.getByText("DISABLED", { exact: true })).toBeVisible();
  expect([await list(reader), await list(main)]).toEqual([false, true]);

  await page.goto("/projects/demo/object-storage/keys?name=backup+host");
  const table = page.getByRole("group", { name: "Keys" });
  await expect(table.getByText("backup host, read only")).toHaveCount(2);
  await expect(table.getByText(main.accessKeyId)).toHaveCount(0);
  await page.getByRole("textbox", { name: "Created by" }).fill("nobody at all");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("No key matches")).toBeVisible();
});

test("the key table refreshes itself", async ({ openAs, portal }) => {
  const table = await openAs("admin");
  await table.goto("/projects/demo/object-storage/keys");
  await expect(table.getByRole("group", { name: "Keys" }).or(table.getByText("No keys yet"))).toBeVisible();
  const credentials = new CredentialsPage(await openAs("member+"), portal);
  await credentials.open();
  const { accessKeyId } = await credentials.issue("south");
  await credentials.hideSecret();
  await expect(table.getByText(accessKeyId)).toBeVisible({ timeout: 30_000 });
});
