import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, type Test } from "../fixtures/test";
import { askGateway } from "../fixtures/ask-gateway";

export function testSupport(test: Test, region: string): void {
  test("support finds a key by its id and disables it with a reason", async ({ openAs, portal }) => {
    const mia = new CredentialsPage(await openAs("member+"), portal);
    await mia.open();
    const key = await mia.issue(region);
    await mia.hideSecret();
    expect(await askGateway(key.endpoint, key.signingRegion, key)).toBe("accepted");

    const page = await openAs("support");
    await page.goto("/");
    await expect(page).toHaveURL(/\/support/);
    await page.getByRole("searchbox").or(page.getByRole("textbox")).first().fill(key.accessKeyId);
    await page.keyboard.press("Enter");
    await expect(page.getByText(key.accessKeyId).first()).toBeVisible();
    await expect(page.getByText("Demo").first()).toBeVisible();
    await page.getByRole("button", { name: "Disable Access" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("found in a public repository");
    await dialog.getByRole("button", { name: "Disable", exact: true }).click();
    await mia.expectState(region, "DISABLED");
    expect(await askGateway(key.endpoint, key.signingRegion, key)).toBe("refused");
    for (const name of ["Enable CLI Access", "Regenerate Keys"]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
    await mia.page.goto("/projects/demo/object-storage/keys");
    await mia.page.getByText(key.accessKeyId).first().click();
    await expect(mia.page.getByText("found in a public repository").first()).toBeVisible();
  });
}
