import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "@playwright/test";
import { browserPath } from "../fixtures/browser-path";
import { startOwnPortal } from "../fixtures/own-portal";
import { ROOT } from "../fixtures/portal";
import { signInByRequest } from "../fixtures/sign-in";
import { personOf } from "../fixtures/test";
import { LOOKS, photograph, photographForDocs } from "./camera";
import { fillPortal } from "./fill-portal";
import { INSTALLATION_SCREENS } from "./installation-screens";
import { PROJECT_SCREENS } from "./project-screens";
import type { Screen, Way } from "./screen";

const USAGE = "usage: npm run screenshots -- [folder] [--only=NAME,...] [--looks=light-360,...] [--docs]";

/**
 * Takes pictures of every screen and dialog, of a portal that is started and filled for them: in both themes and four
 * widths, into a folder (.data/screenshots by default). `--only` takes the screens whose names begin so, and
 * `--looks` some of the themes and widths. `--docs` takes the pictures of docs/screenshots instead.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { only: { type: "string" }, looks: { type: "string" }, docs: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const only = values.only?.split(",");
  const screens = [...PROJECT_SCREENS, ...INSTALLATION_SCREENS].filter(
    ({ name, docs }) => (!values.docs || docs) && (!only || only.some((start) => name.startsWith(start))),
  );
  const looks = LOOKS.filter(({ name }) => values.looks?.split(",").includes(name) ?? true);
  if (positionals.length > 1 || looks.length === 0 || screens.length === 0) throw new Error(USAGE);
  const folder = resolve(ROOT, values.docs ? "docs/screenshots" : (positionals[0] ?? ".data/screenshots"));
  await mkdir(folder, { recursive: true });

  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  // Without this, the started programs would outlive this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const portal = await startOwnPortal();
    ends.push(portal.stop);
    const filled = await fillPortal(portal.facts, ends);
    const browser = await chromium.launch(browserPath ? { executablePath: browserPath } : {});
    ends.push(() => browser.close());
    const failed: string[] = [];
    for (const screen of screens) {
      try {
        await take(browser, screen, { portal: portal.facts, filled }, looks, values.docs ? undefined : folder);
      } catch (error) {
        failed.push(screen.name);
        console.error(`${screen.name}: ${String(error)}`);
      }
    }
    console.log(`${screens.length - failed.length} of ${screens.length} screens are in ${folder}`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await endAll();
  }
}

async function take(
  browser: Browser,
  screen: Screen,
  place: Omit<Way, "page">,
  looks: typeof LOOKS,
  folder: string | undefined,
) {
  const { portal, filled } = place;
  const viewport = { width: 1_280, height: 800 };
  const context = await browser.newContext({
    baseURL: portal.url,
    viewport,
    reducedMotion: "reduce",
    timezoneId: "Europe/Berlin",
  });
  context.setDefaultTimeout(30_000);
  try {
    if (screen.as) await signInByRequest(context, portal.url, personOf(portal, screen.as));
    const page = await context.newPage();
    await page.goto(typeof screen.path === "string" ? screen.path : screen.path(filled), { waitUntil: "networkidle" });
    await page.waitForFunction(isComplete);
    await screen.open?.({ ...place, page });
    if (screen.open && screen.window) await page.locator("[role=dialog], [role=menu]").first().waitFor();
    if (folder === undefined) await photographForDocs(page, screen, screen.docs ?? "light");
    else
      for (const path of await photograph(page, screen, looks, folder)) console.warn(`wider than its window: ${path}`);
  } finally {
    await context.close();
  }
}

/** Whether nothing is still loading. Times are in UTC until the scripts of the page run. */
function isComplete(): boolean {
  const times = [...document.querySelectorAll("time")];
  return document.querySelector("[aria-busy=true]") === null && !times.some((time) => time.textContent.endsWith("UTC"));
}

await main();
