import { expectAccessible } from "../fixtures/accessible";
import { expect, test } from "../fixtures/test";

for (const role of ["admin", "member+", "member", "support", "platform-admin"]) {
  test(`every link of the help opens for ${role}`, async ({ openAs }) => {
    const page = await openAs(role);
    await page.goto("/projects");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Help" }).click();
    await expect(page.getByRole("heading", { name: "Where is Reset key?" })).toBeVisible();
    const links = await page
      .locator("main a")
      .evaluateAll((found) => found.map((link) => link.getAttribute("href") ?? ""));
    expect(links.length).toBeGreaterThan(20);
    for (const anchor of links.filter((href) => href.startsWith("#")))
      await expect(page.locator(anchor)).toHaveCount(1);
    for (const href of new Set(links.filter((link) => !link.startsWith("#"))))
      expect((await page.request.get(href)).status(), href).toBe(200);
  });
}

test("the explanation of a state opens and closes by keyboard, and changes no name", async ({ openAs }) => {
  const page = await openAs("member+");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/projects/demo/object-storage");
  const header = page.getByRole("article", { name: "south" }).locator("header");
  const button = header.getByRole("button", { name: /^Explain / });
  // A spec before this one may have left a change that is about to end.
  await expect(button).toHaveAccessibleName(/^Explain (NOT CONFIGURED|ACTIVE|INACTIVE|EXPIRED|DISABLED)$/);
  const state = (await button.getAttribute("aria-label"))?.replace("Explain ", "") ?? "";
  await expect(header.getByText(state, { exact: true })).toBeVisible();
  const explanation = page.getByRole("note", { name: state, exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(explanation).toBeVisible();
  const box = await explanation.boundingBox();
  expect(box && box.x >= 16 && box.x + box.width <= 344).toBe(true);
  await expectAccessible(page, "an explanation");
  await page.keyboard.press("Escape");
  await expect(explanation).toBeHidden();
  await expect(button).toBeFocused();
});
