import { gzipSync } from "node:zlib";
import type { Page, Request } from "@playwright/test";
import { expect, test } from "../fixtures/test";

/**
 * The most JavaScript that the first load of a page may need, in KiB after gzip. These numbers go down. `npm run analyze`
 * tells what a page is made of.
 */
const BUDGETS_KIB = {
  "/login": 150,
  "/projects/demo/object-storage": 162,
  "/projects/demo/object-storage/keys": 158,
};

/** What the dashboard polls. */
const CARDS = "**/api/projects/demo/cards";

test("the sign-in page loads no more JavaScript than its budget", async ({ page, portal }) => {
  await expectWithinBudget(page, portal.url, "/login");
});

for (const path of ["/projects/demo/object-storage", "/projects/demo/object-storage/keys"] as const) {
  test(`${path} loads no more JavaScript than its budget`, async ({ openAs, portal }) => {
    await expectWithinBudget(await openAs("member+"), portal.url, path);
  });
}

test("zod does not try to compile code, which the policy forbids", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(`the policy forbids ${blockedURI} by ${violatedDirective}`),
    ),
  );
  await page.goto(new URL("/projects/demo/object-storage", portal.url).href);
  // zod has read the first answer when the page asks again.
  await page.waitForResponse(CARDS);
  await page.waitForRequest(CARDS);
});

async function expectWithinBudget(page: Page, origin: string, path: keyof typeof BUDGETS_KIB): Promise<void> {
  const scripts = await loadScripts(page, new URL(path, origin));
  const weights = await Promise.all(scripts.map(weighScript));
  const total = weights.reduce((sum, { kib }) => sum + kib, 0);
  const list = weights
    .sort((a, b) => b.kib - a.kib)
    .map(({ kib, url }) => `${kib.toFixed(1)} KiB ${url}`)
    .join("\n");
  // A page without scripts would be a page that was not loaded.
  expect(scripts.length).toBeGreaterThan(5);
  expect(total, `${path} loads ${total.toFixed(1)} KiB:\n${list}`).toBeLessThanOrEqual(BUDGETS_KIB[path]);
}

/**
 * The scripts that a page needs until it is at rest. A poll ends the first load: what is needed to read its answer comes
 * after the page can be used. The address of the polls starts with `/api/`. What the page loads a second later or more
 * does not come, so that a slow machine weighs the same.
 */
async function loadScripts(page: Page, url: URL): Promise<Request[]> {
  const scripts: Request[] = [];
  let isFirstLoad = true;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/api/")) isFirstLoad = false;
    if (isFirstLoad && request.resourceType() === "script") scripts.push(request);
  });
  await page.addInitScript(() => {
    const later = window.setTimeout;
    const soon = (run: () => void, ms = 0) => (ms < 1_000 ? later(run, ms) : 0);
    Object.assign(window, { setTimeout: soon });
  });
  await page.goto(url.href, { waitUntil: "networkidle" });
  return scripts;
}

async function weighScript(request: Request): Promise<{ url: string; kib: number }> {
  const response = await request.response();
  if (!response?.ok()) throw new Error(`${request.url()} was not answered`);
  return { url: request.url(), kib: gzipSync(await response.body()).length / 1024 };
}
