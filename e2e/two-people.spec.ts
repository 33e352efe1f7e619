import { CredentialsPage } from "./fixtures/credentials-page";
import { expect, test } from "./fixtures/test";

test("another user's open card shows the new state within 2 seconds", async ({ openAs, portal }) => {
  const mia = new CredentialsPage(await openAs("member+"), portal);
  const olga = new CredentialsPage(await openAs("admin"), portal);
  await olga.open();
  await mia.open();
  if (await mia.card("south").getByRole("button", { name: "Disable Access" }).isVisible()) {
    await mia.disable("south");
    await mia.expectState("south", "DISABLED");
    await mia.page.reload();
  }
  await mia.enable("south");
  await olga.expectState("south", "ACTIVE", 2_000);
  await mia.hideSecret();
  await mia.disable("south");
  await olga.expectState("south", "DISABLED", 4_000);
});

test("a double click and two tabs at once give one change, and the other is told", async ({ openAs, portal }) => {
  const first = new CredentialsPage(await openAs("member+"), portal);
  const second = new CredentialsPage(await first.page.context().newPage(), portal);
  await first.open();
  await second.open();
  for (const { page } of [first, second]) {
    await page.getByRole("article", { name: "south" }).getByRole("button", { name: "Enable CLI Access" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  }
  const enable = ({ page }: CredentialsPage) => page.getByRole("dialog").getByRole("button", { name: "Enable", exact: true });
  await Promise.all([enable(first).dblclick(), enable(second).click()]);
  const reveals = [first, second].map(({ page }) => page.getByRole("dialog", { name: "Your credentials" }));
  const alerts = [first, second].map(({ page }) => page.getByRole("dialog").getByRole("alert"));
  await expect(reveals[0]!.or(alerts[0]!)).toBeVisible();
  await expect(reveals[1]!.or(alerts[1]!)).toBeVisible();
  const revealed = await Promise.all(reveals.map((reveal) => reveal.isVisible()));
  expect(revealed.filter(Boolean)).toHaveLength(1);
  const winner = revealed[0] ? first : second;
  const loser = revealed[0] ? 1 : 0;
  await expect(alerts[loser]!).toContainText(/changing|under way|already/);
  await winner.hideSecret();
  await winner.page.goto("/projects/demo/object-storage/keys?region=south");
  await expect(winner.page.getByRole("cell", { name: "ACTIVE" })).toHaveCount(1);
});
