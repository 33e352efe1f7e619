import { expect, test } from "../fixtures/test";

for (const role of ["admin", "member+", "member", "support", "platform-admin"]) {
  test(`every link of the help opens for ${role}`, async ({ openAs }) => {
    const page = await openAs(role);
    await page.goto("/");
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
