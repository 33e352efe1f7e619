import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, START_MS, test } from "../fixtures/test";
import { waitFor } from "@/testing/wait";

test.describe.configure({ mode: "serial" });

/** How often the worker of this portal checks its regions and compares their keys. */
const CHECK_SECONDS = 2;
/** What the operator of this portal calls it. */
const BRAND = "Ada & <b>Co</b>";
const TOLD_SECONDS = 240;
const UNKNOWN = "The storage system does not know this key";

let portal: OwnPortal;
let key: S3Credentials;
const folder = () => join(portal.facts.dataDir, "s3/north");
const away = () => join(portal.facts.dataDir, "north-moved-away");

test.beforeAll(async () => {
  test.setTimeout(START_MS);
  portal = await startOwnPortal({ LATCHKEY_CHECK_SECONDS: String(CHECK_SECONDS), LATCHKEY_BRAND: BRAND });
});
test.afterAll(() => portal.stop());

test("the portal has the name that the operator gives it", async ({ page }) => {
  await page.goto(`${portal.facts.url}/login`);
  await expect(page).toHaveTitle(`Sign in · ${BRAND}`);
  await expect(page.getByRole("heading", { name: `Sign in to ${BRAND}` })).toBeVisible();
});

async function openCredentials(browser: Browser): Promise<CredentialsPage> {
  const context = await browser.newContext({ baseURL: portal.facts.url });
  await signInByRequest(context, portal.facts.url, personOf(portal.facts, "member+"));
  const credentials = new CredentialsPage(await context.newPage(), portal.facts);
  await credentials.open();
  return credentials;
}

/** Waits until health tells of the region with these words. */
async function waitForNorth(state: string, detail: string): Promise<void> {
  await waitFor(
    `north to be ${state}: ${detail}`,
    async () => {
      const reply = await fetch(`${portal.facts.url}/api/health`);
      const { regions } = (await reply.json()) as { regions: { name: string; state: string; detail: string }[] };
      const north = regions.find(({ name }) => name === "north");
      return north?.state === state && north.detail.includes(detail);
    },
    TOLD_SECONDS,
  );
}

async function startEverythingAgain(): Promise<void> {
  await portal.crashAll();
  await portal.startAgain();
}

test("a folder that is moved away is told by health, card, overview and table, and so is its return", async ({
  browser,
}) => {
  const credentials = await openCredentials(browser);
  const { page } = credentials;
  key = await credentials.enable("north");
  await credentials.hideSecret();
  expect((await aws(key, ["s3", "mb", "s3://kept"])).code).toBe(0);

  await rename(folder(), away());
  await portal.crash("builtin-s3");
  await expect(credentials.card("north").getByText(UNKNOWN)).toBeVisible({ timeout: TOLD_SECONDS * 1_000 });
  await credentials.expectState("north", "ACTIVE");
  await expect(credentials.card("south").getByText(UNKNOWN)).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("Keys are missing")).toBeVisible();
  await page.goto("/projects/demo/object-storage/keys");
  await expect(page.getByText("Not known to the storage system since")).toBeVisible();
  await waitForNorth("degraded", `the folder ${folder()} is missing`);
  expect((await aws(key, ["s3", "ls"])).code).not.toBe(0);

  // A start from nothing says it too, and writes nothing.
  await startEverythingAgain();
  await waitFor("the error of the start", async () => {
    const log = await readFile(join(portal.facts.dataDir, "up.log"), "utf8");
    return log.split(`built-in S3 server: the folder ${folder()} is missing`).length > 2;
  });
  await credentials.open();
  await expect(credentials.card("north").getByText(UNKNOWN)).toBeVisible();

  await rename(away(), folder());
  await portal.crash("builtin-s3");
  await expect(credentials.card("north").getByText(UNKNOWN)).toHaveCount(0, { timeout: TOLD_SECONDS * 1_000 });
  await waitForNorth("ok", "answers");
  expect((await aws(key, ["s3", "ls"])).stdout).toContain("kept");
  await page.context().close();
});

test("a loss that an operator accepts begins anew, and the key is regenerated", async ({ browser }) => {
  await rename(folder(), away());
  await startEverythingAgain();
  await waitForNorth("degraded", `the folder ${folder()} is missing`);
  expect(await runAdmin(portal.facts, ["region", "list"])).toContain(`the folder ${folder()} is missing`);
  expect(await runAdmin(portal.facts, ["region", "accept-store", "north"])).toContain("north");
  await startEverythingAgain();

  const credentials = await openCredentials(browser);
  const fresh = await credentials.regenerate("north");
  await credentials.hideSecret();
  expect((await aws(fresh, ["s3", "ls"])).code).toBe(0);
  await waitForNorth("ok", "answers");
  await expect(credentials.card("north").getByText(UNKNOWN)).toHaveCount(0);
  await credentials.page.context().close();
});
