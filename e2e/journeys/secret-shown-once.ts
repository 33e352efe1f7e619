import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, type Test } from "../fixtures/test";

const DOWNLOADS = ["CSV", "AWS credentials", ".env", "rclone.conf", ".s3cfg", "JSON"];

export function testSecretShownOnce(test: Test, region: string): void {
  test("the secret is nowhere after Hide secret, reload, back, in another tab, for another user", async ({
    openAs,
    portal,
  }) => {
    const page = await openAs("member+");
    const replies: string[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "GET")
        response.text().then(
          (text) => replies.push(text),
          () => undefined,
        );
    });
    const credentials = new CredentialsPage(page, portal);
    await credentials.open();
    const { accessKeyId, secretAccessKey: secret } = await credentials.issue(region);
    await credentials.hideSecret();

    await expectNowhere(secret, page);
    await page.reload();
    await credentials.expectState(region, "ACTIVE");
    await expectNowhere(secret, page);
    await page.goto("/projects/demo/object-storage/keys");
    await expect(page.getByText(accessKeyId)).toBeVisible();
    await expectNowhere(secret, page);
    await page.goBack();
    await credentials.expectState(region, "ACTIVE");
    await expectNowhere(secret, page);
    const tab = await page.context().newPage();
    await new CredentialsPage(tab, portal).open();
    await expectNowhere(secret, tab);
    const other = await openAs("admin");
    const theirs = new CredentialsPage(other, portal);
    await theirs.open();
    await theirs.expectState(region, "ACTIVE");
    await expectNowhere(secret, other);
    expect(replies.join("")).not.toContain(secret);
    const log = await readFile(join(portal.dataDir, "up.log"), "utf8");
    expect(log).toContain("Latchkey is ready");
    expect(log).not.toContain(secret);
  });

  test("nothing but Hide secret closes the reveal", async ({ openAs, portal }) => {
    const page = await openAs("member+");
    const credentials = new CredentialsPage(page, portal);
    await credentials.open();
    await credentials.issue(region);
    const reveal = page.getByRole("dialog", { name: "Your credentials" });
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    await expect(reveal).toBeVisible();
    await expect(reveal.getByRole("button", { name: "Hide secret" })).toBeDisabled();
    await page.evaluate(() => history.back());
    await expect(reveal.getByText("You are about to leave")).toBeVisible();
    await reveal.getByRole("button", { name: "Stay" }).click();
    await expect(reveal).toBeVisible();
    await reveal.getByRole("button", { name: "Copy Access Key" }).click();
    await expect(page.getByText("Access Key copied")).toBeVisible();
    await reveal.getByRole("button", { name: "Copy Secret Key" }).click();
    await expect(page.getByText("Secret Key copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[A-Za-z0-9]{40}$/);
    for (const name of DOWNLOADS) {
      await reveal.getByRole("button", { name: "Download" }).click();
      const download = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: new RegExp(name.replace(".", "\\."), "i") }).click();
      expect((await download).suggestedFilename()).not.toBe("");
    }
    await credentials.hideSecret();
  });
}

/** The secret is not in the page, its address, or the browser's storage. */
async function expectNowhere(secret: string, page: Page): Promise<void> {
  expect(await page.content()).not.toContain(secret);
  expect(page.url()).not.toContain(secret);
  const stored = await page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map((database) => database.name);
    const caches = await window.caches?.keys();
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      history.state,
      document.cookie,
      databases,
      caches,
    ]);
  });
  expect(stored).not.toContain(secret);
}
