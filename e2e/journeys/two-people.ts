import { CredentialsPage } from "../fixtures/credentials-page";
import { expect, type Test } from "../fixtures/test";

export function testTwoPeople(test: Test, region: string): void {
  test("another user's open card shows the new state without a reload", async ({ openAs, portal }) => {
    const mia = new CredentialsPage(await openAs("member+"), portal);
    const olga = new CredentialsPage(await openAs("admin"), portal);
    await olga.open();
    await mia.open();
    await mia.disableIfEnabled(region);
    await mia.enable(region);
    await olga.expectState(region, "ACTIVE");
    await mia.hideSecret();
    await mia.disable(region);
    await olga.expectState(region, "DISABLED");
  });

  test("a double click and two tabs at once give one change, and the other is told", async ({ openAs, portal }) => {
    const first = new CredentialsPage(await openAs("member+"), portal);
    const second = new CredentialsPage(await first.page.context().newPage(), portal);
    await first.open();
    await first.disableIfEnabled(region);
    await second.open();
    for (const tab of [first, second]) {
      await tab.card(region).getByRole("button", { name: "Enable CLI Access" }).click();
      await expect(tab.page.getByRole("dialog")).toBeVisible();
    }
    const enable = ({ page }: CredentialsPage) =>
      page.getByRole("dialog").getByRole("button", { name: "Enable", exact: true });
    await Promise.all([enable(first).dblclick(), enable(second).click()]);
    const reveals = [first, second].map(({ page }) => page.getByRole("dialog", { name: "Your credentials" }));
    const alerts = [first, second].map(({ page }) => page.getByRole("dialog").getByRole("alert"));
    await expect(reveals[0]!.or(alerts[0]!)).toBeVisible();
    await expect(reveals[1]!.or(alerts[1]!)).toBeVisible();
    const revealed = await Promise.all(reveals.map((reveal) => reveal.isVisible()));
    expect(revealed.filter(Boolean)).toHaveLength(1);
    const winner = revealed[0] ? first : second;
    const loser = revealed[0] ? 1 : 0;
    await expect(alerts[loser]!).toContainText(/changing|change|already/);
    await winner.hideSecret();
    await winner.page.goto(`/projects/demo/object-storage/keys?region=${region}`);
    await expect(winner.page.getByRole("cell", { name: "ACTIVE" })).toHaveCount(1);
  });
}
