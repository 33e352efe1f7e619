import { readFile } from "node:fs/promises";
import { withDatabase } from "../fixtures/database";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { expect, personOf, test } from "../fixtures/test";

test("a platform admin filters the audit log and exports it", async ({ openAs, portal }) => {
  const page = await openAs("platform-admin");
  await page.goto("/admin");
  await page.getByRole("link", { name: "Audit log" }).click();
  const list = page.getByRole("list", { name: "Audit log" });
  await expect(list.getByRole("listitem").first()).toBeVisible();
  const { email } = personOf(portal, "platform-admin");
  await page.getByRole("textbox", { name: "Who" }).fill(email);
  await page.getByRole("combobox", { name: "What" }).selectOption("session.started");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/event=session.started/);
  await expect(list.getByText("signed in").first()).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export NDJSON" }).click();
  const file = await (await download).path();
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  expect(lines.at(0)).toContain('"filtered":true');
  expect(lines.at(-1)).toContain('"type":"end"');
});

test("a member+ sees the own actions only, and a filter that fits nothing says so", async ({ openAs }) => {
  const page = await openAs("member+");
  await page.goto("/projects/demo/object-storage");
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("heading", { name: "Activity", level: 1 })).toBeVisible();
  await expect(page.getByText(/What you did in/)).toBeVisible();
  await page.goto("/projects/demo/activity?who=nobody-of-this-name");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.goto("/projects/demo/activity?from=yesterday");
  await expect(page.getByText("Use a date such as 2026-11-28")).toBeVisible();
  await expect(page.getByText("Nothing is listed")).toBeVisible();
  await expect(page.getByRole("list", { name: "Activity" })).toHaveCount(0);
  await page.getByLabel("From").fill("2026-11-28");
  await page.getByLabel("To", { exact: true }).fill("2026-11-27");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("To is before From")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL(/\/activity$/);
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.getByRole("textbox", { name: "Who" })).toBeHidden();
  await page.getByText("Filter", { exact: true }).first().click();
  await expect(page.getByRole("textbox", { name: "Who" })).toBeVisible();
});

test("an export counts for the limit of everything that a person does", async ({ openAs, portal }) => {
  const page = await openAs("platform-admin");
  const { email } = personOf(portal, "platform-admin");
  const path = "/api/admin/audit-log/export?format=csv";
  await withDatabase(await readDatabaseUrl(portal), async (database) => {
    const key = "'actions:' || (SELECT id FROM users WHERE email = $1)";
    const used = `INSERT INTO rate_limits (key, points, expire) VALUES (${key}, 1000, $2)
      ON CONFLICT (key) DO UPDATE SET points = excluded.points, expire = excluded.expire`;
    await database.query(used, [email, Date.now() + 600_000]);
    try {
      const refused = await page.request.get(path);
      expect([refused.status(), refused.headers()["cache-control"]]).toEqual([429, "no-store"]);
    } finally {
      await database.query(`DELETE FROM rate_limits WHERE key = ${key}`, [email]);
    }
  });
  expect((await page.request.get(path)).status()).toBe(200);
});
