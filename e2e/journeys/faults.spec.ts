import { clickEnable, clickRegenerate, isKeyCall, useFaultyPortal, works } from "../fixtures/faulty-portal";
import { expect, test } from "../fixtures/test";

const faulty = useFaultyPortal();

test.describe("a storage system that fails", () => {
  const faults = [
    ["answers garbage", { when: "after", what: "garbage" }],
    ["breaks the connection", { when: "after", what: "drop" }],
    ["answers after the deadline", { when: "after", what: "hold" }],
  ] as const;
  for (const [name, fault] of faults) {
    test(`${name}: the user reads that the old keys work, and they do`, async ({ browser }) => {
      const page = await faulty.openPage(browser);
      const credentials = await faulty.openFreshProject(page);
      const key = await credentials.enable("faulty");
      await credentials.hideSecret();
      const injected = faulty.storage.admin.inject({ match: isKeyCall("PUT"), ...fault, times: 1 });
      await clickRegenerate(credentials);
      await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Your current keys still work.", {
        timeout: 120_000,
      });
      injected.release();
      expect(await works(key)).toBe(true);
      await page.reload();
      await credentials.expectState("faulty", "ACTIVE");
      await expect(credentials.card("faulty")).toContainText(key.accessKeyId);
      const next = await credentials.regenerate("faulty");
      await credentials.hideSecret();
      expect(await works(next)).toBe(true);
      await page.context().close();
    });
  }

  test("is down: nothing was changed, and after its return the same click works", async ({ browser }) => {
    const page = await faulty.openPage(browser);
    const credentials = await faulty.openFreshProject(page);
    const before = await faulty.storage.readKeyIds();
    await faulty.storage.kill();
    await clickEnable(credentials);
    await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Nothing was changed", {
      timeout: 120_000,
    });
    await faulty.storage.start();
    expect(await faulty.storage.readKeyIds()).toEqual(before);
    await page.reload();
    const key = await credentials.enable("faulty");
    await credentials.hideSecret();
    await faulty.storage.kill();
    await faulty.storage.start();
    expect(await works(key)).toBe(true);
    await page.context().close();
  });
});

test("no key is called removed before the storage system has proved it", async ({ browser }) => {
  const page = await faulty.openPage(browser);
  const credentials = await faulty.openFreshProject(page);
  const key = await credentials.enable("faulty");
  await credentials.hideSecret();
  const held = faulty.storage.admin.inject({
    match: (method) => method === "DELETE" || method === "PATCH",
    when: "before",
    what: "hold",
  });
  const dialog = page.getByRole("dialog");
  const said: string[] = [];
  await page.exposeFunction("note", (text: string) => said.push(text));
  await page.evaluate(() => {
    const note = (window as unknown as { note: (text: string) => void }).note;
    new MutationObserver(() => note(document.querySelector("[role=dialog]")?.textContent ?? "")).observe(
      document.body,
      {
        childList: true,
        subtree: true,
        characterData: true,
      },
    );
  });
  await credentials.card("faulty").getByRole("button", { name: "Disable Access" }).click();
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await held.reached;
  await expect(dialog).toContainText("being removed");
  expect(await works(key)).toBe(true);
  expect(said.join()).not.toContain("The keys are removed");
  held.release();
  await expect(dialog).toContainText("The keys are removed, and every gateway refuses them.", { timeout: 180_000 });
  expect(await works(key)).toBe(false);
  await page.context().close();
});
