import { type BuiltinServer, startBuiltinServer } from "../fixtures/builtin-server";
import { CredentialsPage } from "../fixtures/credentials-page";
import { withDatabase } from "../fixtures/database";
import { startOwnPortal } from "../fixtures/own-portal";
import type { PortalFacts } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { RegionPage } from "../fixtures/region-page";
import { expect, START_MS, test as base } from "../fixtures/test";
import { findFreePorts } from "@/testing/ports";
import { startSkewedClock } from "@/testing/proxies/skewed-clock";

const test = base.extend<object, { ownPortal: PortalFacts; server: BuiltinServer }>({
  ownPortal: [
    async ({}, use) => {
      const { facts, stop } = await startOwnPortal();
      await use(facts);
      await stop();
    },
    { scope: "worker", timeout: START_MS },
  ],
  server: [
    async ({}, use) => {
      const server = await startBuiltinServer("east");
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: START_MS },
  ],
  portal: async ({ ownPortal, server }, use) =>
    use({ ...ownPortal, regions: [{ name: "east", endpoint: server.endpoint, signingRegion: "east-1" }] }),
});

test.describe.configure({ mode: "serial" });

test("a region is added only as its check passed, and gives a key", async ({ openAs, portal, server }) => {
  const page = await openAs("platform-admin");
  const region = new RegionPage(page);
  await region.openNew("Built-in S3 server");
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Give an address")).toBeVisible();

  const right = { "Admin address": server.adminUrl, Gateways: "", "Admin token": server.token };
  await region.fill({ Name: "east", Endpoint: server.endpoint, "Signing region": "east-1", ...right });
  await region.expectFailure(
    { "Admin token": "x".repeat(40) },
    /The storage system refuses the admin token\./,
    /Next step: Give the value of LATCHKEY_S3_ADMIN_TOKEN/,
  );
  const clock = await startSkewedClock(server.adminUrl, 600_000);
  await region.expectFailure(
    { ...right, "Admin address": clock.url },
    /The storage system's clock is \d+ s ahead of the portal's\./,
    /Next step: Set both clocks with NTP/,
  );
  await clock.close();
  const dead = `http://127.0.0.1:${await findFreePorts(1)}`;
  await region.expectFailure(
    { ...right, Gateways: `${server.endpoint}\n${dead}` },
    /did not answer: nothing listens at/,
    /Next step: Start the gateway/,
  );

  await region.fill(right);
  await region.expectPassed();
  await expect(region.findings.first()).toHaveText(`Passed: A built-in server answers at ${server.adminUrl}.`);
  await expect(region.findings.filter({ hasText: "The throwaway key is removed." })).toBeVisible();
  // What was checked is what is saved: another input needs another check.
  await region.fill({ Endpoint: "https://s3.example.test" });
  await expect(region.save).toBeDisabled();
  await region.fill({ Endpoint: server.endpoint });
  await expect(region.save).toBeEnabled();
  await region.save.click();
  await expect(page.getByRole("heading", { name: "east" })).toBeVisible();
  await expect(page.getByText("Sealed, never shown")).toBeVisible();
  expect(await page.content()).not.toContain(server.token);

  const credentials = new CredentialsPage(await openAs("member+"), portal);
  await credentials.open();
  const key = await credentials.enable("east");
  expect(await server.readKeyIds()).toContain(key.accessKeyId);
});

test("a region is checked, switched, edited and given other credentials; one of the file is read-only", async ({
  openAs,
  portal,
  server,
}) => {
  const page = await openAs("platform-admin");
  const region = new RegionPage(page);
  await page.goto("/admin/regions");
  await page.getByRole("link", { name: "east" }).click();
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("The region east works.")).toBeVisible({ timeout: 30_000 });

  for (const [button, state] of [
    ["Switch off", /Switched off/],
    ["Switch on", /Works/],
  ] as const) {
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("dialog").getByRole("button", { name: button }).click();
    await expect(page.getByRole("definition").filter({ hasText: state })).toBeVisible();
  }

  // The stored credentials are used, and go to no other address.
  await page.getByRole("link", { name: "Edit" }).click();
  await region.fill({ Gateways: server.endpoint });
  await region.expectPassed();
  await region.fill({ "Admin address": "http://127.0.0.1:9" });
  await region.test();
  await expect(region.findings).toHaveText(/give them again/);
  await region.fill({ "Admin address": server.adminUrl });
  await region.expectPassed();
  await region.save.click();
  await page.getByRole("link", { name: "Replace credentials" }).click();
  await region.expectFailure({ "Admin token": "x".repeat(40) }, /refuses the admin token/, /Next step/);
  await region.fill({ "Admin token": server.token });
  await region.expectPassed();
  await region.save.click();
  await expect(page.getByRole("button", { name: "Check now" })).toBeVisible();

  await withDatabase(await readDatabaseUrl(portal), (database) =>
    database.query("UPDATE regions SET declared = true WHERE name = 'east'"),
  );
  await page.reload();
  await expect(page.getByText("The regions file declares this region")).toBeVisible();
  await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
});
