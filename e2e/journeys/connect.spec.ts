import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, test } from "../fixtures/test";

test("a client is connected with the secret while it is shown, and with a placeholder afterwards", async ({
  openAs,
  portal,
}) => {
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal);
  await credentials.open();
  const key = await credentials.issue("south");
  const dialog = page.getByRole("dialog");
  const text = (what: string) => dialog.getByRole("group", { name: `${what}, text` });

  await dialog.getByText("Connect a client", { exact: true }).click();
  await expect(text("AWS CLI: Credentials")).toContainText(key.secretAccessKey);
  await dialog.getByRole("button", { name: "Mask secret" }).click();
  await expect(text("AWS CLI: Credentials")).not.toContainText(key.secretAccessKey);
  await dialog.getByRole("button", { name: "Show secret" }).click();
  await dialog.getByRole("tab", { name: "s3cmd" }).click();
  await expect(text("s3cmd: Configuration")).toContainText(`secret_key = ${key.secretAccessKey}`);
  await credentials.hideSecret();

  await credentials.card("south").getByRole("button", { name: "Connect a client" }).click();
  await expect(text("AWS CLI: Credentials")).toContainText(key.accessKeyId);
  await expect(text("AWS CLI: Credentials")).toContainText("YOUR_SECRET_KEY");
  await expect(text("AWS CLI: Profile")).toContainText(`endpoint_url = ${key.endpoint}`);
  const labels = ["AWS CLI", "s3cmd", "rclone", "mc", "boto3", "JavaScript", "Terraform", "restic", "s3fs"];
  await expect(dialog.getByRole("tab")).toHaveText(labels);
  await dialog.getByRole("tab", { name: "rclone" }).press("ArrowRight");
  await expect(dialog.getByRole("tab", { name: "mc" })).toHaveAttribute("aria-selected", "true");
  await dialog.getByRole("button", { name: "Copy mc: Alias" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
    `mc alias set south ${key.endpoint} ${key.accessKeyId} YOUR_SECRET_KEY`,
  );
  const download = page.waitForEvent("download");
  await dialog.getByRole("tab", { name: "AWS CLI" }).click();
  await dialog.getByRole("button", { name: "Download AWS CLI: Profile" }).click();
  expect((await download).suggestedFilename()).toBe("config");
  expect(await page.content()).not.toContain(key.secretAccessKey);
});

test("copying works where the browser has no clipboard for the page, as on plain http", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  await page.addInitScript(() => {
    Object.defineProperty(window, "isSecureContext", { value: false });
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  const credentials = new CredentialsPage(page, portal);
  await credentials.open();
  const other = await page.context().newPage();
  await other.goto("/robots.txt");
  /** What is on the clipboard. Only the page in front may read it. */
  const expectCopied = async (text: string) => {
    await other.bringToFront();
    await expect.poll(() => other.evaluate(() => navigator.clipboard.readText())).toContain(text);
    await page.bringToFront();
  };
  await page.bringToFront();
  await credentials.card("south").getByRole("button", { name: "Copy the endpoint of south" }).click();
  await expectCopied("http://127.0.0.1:");
  // A dialog takes the focus back from whatever is outside it, so there the text is selected inside.
  await credentials.card("south").getByRole("button", { name: "Connect a client" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Copy AWS CLI: Profile" }).click();
  await expectCopied("endpoint_url = ");
});
