import { CredentialsPage } from "../fixtures/credentials-page";
import { letDatePass } from "../fixtures/let-date-pass";
import { expect, type Test } from "../fixtures/test";
import { askGateway } from "../fixtures/ask-gateway";

/** For a storage system that cannot switch a single key: a key is removed at its date. */
export function testDateWithoutSwitch(test: Test, region: string): void {
  test("a key is removed at its date, and the card says so before and after", async ({ openAs, portal }) => {
    const page = await openAs("member+");
    const credentials = new CredentialsPage(page, portal);
    const card = credentials.card(region);
    await credentials.open();
    const key = await credentials.issue(region);
    await credentials.hideSecret();
    await expect(card.getByRole("button", { name: "Deactivate", exact: true })).toHaveCount(0);
    await expect(card.getByText("cannot switch a single key off")).toBeVisible();
    await card.getByRole("button", { name: "Set expiration" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("At that time the key is removed.")).toBeVisible();
    await dialog.getByLabel("Expiration date").fill("2063-04-05T12:30");
    await dialog.getByRole("button", { name: "Set expiration" }).click();
    await expect(card.getByText(/5 Apr 2063/)).toBeVisible();
    await letDatePass(portal, key.accessKeyId);
    await credentials.expectState(region, "EXPIRED");
    await expect(card.getByText("The key expired and was removed.")).toBeVisible();
    await expect(card.getByText(`Receipt of the old key ${key.accessKeyId}`)).toBeVisible();
    expect(await askGateway(key.endpoint, key.signingRegion, key)).not.toBe("accepted");
  });
}
