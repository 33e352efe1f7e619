import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "@playwright/test";
import { median } from "../figures";
import { withBrowser } from "./browser";

declare global {
  /** What `notePaint` writes down. Milliseconds since the navigation began. */
  interface Window {
    paintedAt: number | undefined;
    clickedAt: number | undefined;
  }
}

export const DASHBOARD = "/projects/demo/object-storage";

/** Of each dialog. */
const SAMPLES = 5;
/** A phone on a slow line. Latency in milliseconds, the rates in bytes a second. */
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const PROCESSOR_SLOWDOWN = 4;
const CARDS_MAX_MS = 1_000;
const DIALOG_MAX_MS = 200;
/** How long a person reads the page before. By then the dialogs are loaded, if the line allows it. Milliseconds. */
const READING_MS = 8_000;
/** What a person needs at least from reaching the card to pressing one of its buttons. Milliseconds. */
const POINTING_MS = 500;

const DIALOGS = ["Enable CLI Access", "Connect a client", "Disable Access"];

/**
 * How long the dashboard takes to show its credential cards, from the start of the navigation with an empty cache, and
 * how long each dialog takes from the click until it is painted. As a person does, the bench first reads the page and
 * moves the mouse to the button.
 */
export async function measureSlowProfile(url: string, session: string): Promise<string[][]> {
  const cards: number[] = [];
  const dialogs = new Map<string, number[]>(DIALOGS.map((name) => [name, []]));
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    for (const name of DIALOGS) {
      // Each dialog is the first one of its visit.
      const times = await withBrowser({ url, session }, async (context) => {
        const page = await context.newPage();
        await slowDown(await context.newCDPSession(page));
        return { cards: await timeCards(page, url), dialog: await timeDialog(page, name) };
      });
      cards.push(times.cards);
      dialogs.get(name)?.push(times.dialog);
    }
  }
  const rows = [...dialogs].map(([name, times]) => composeRow(`dialog ${name}`, times, DIALOG_MAX_MS));
  return [["slow profile", "aim", "p50", "worst"], composeRow("credential cards", cards, CARDS_MAX_MS), ...rows];
}

async function slowDown(session: CDPSession): Promise<void> {
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
  await session.send("Emulation.setCPUThrottlingRate", { rate: PROCESSOR_SLOWDOWN });
}

/** Milliseconds from the start of the navigation until the cards are painted. */
async function timeCards(page: Page, url: string): Promise<number> {
  await page.addInitScript(notePaint, "article[aria-labelledby^=region-]");
  await page.goto(new URL(DASHBOARD, url).href, { waitUntil: "networkidle" });
  return page.evaluate(() => window.paintedAt ?? Number.NaN);
}

/** Milliseconds from the click until the dialog is painted. */
async function timeDialog(page: Page, name: string): Promise<number> {
  await pause(READING_MS);
  const button = page.getByRole("button", { name, exact: true }).first();
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  if (!box) throw new Error(`there is no button ${name}`);
  await page.evaluate(notePaint, "[role=dialog], [role=alertdialog]");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 10 });
  await pause(POINTING_MS);
  await page.mouse.down();
  await page.mouse.up();
  await page.waitForFunction(() => window.paintedAt !== undefined);
  return page.evaluate(() => (window.paintedAt ?? Number.NaN) - (window.clickedAt ?? Number.NaN));
}

/** Runs in the page. Notes when something that fits the selector has been painted, and when the mouse was clicked. */
function notePaint(selector: string): void {
  window.paintedAt = undefined;
  window.addEventListener("click", ({ timeStamp }) => (window.clickedAt = timeStamp), { capture: true, once: true });
  const look = () => {
    if (!document.querySelector(selector)) return void requestAnimationFrame(look);
    // The task after a frame begins when the frame is painted.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (window.paintedAt = performance.now());
    port2.postMessage(undefined);
  };
  requestAnimationFrame(look);
}

function composeRow(name: string, times: readonly number[], aimMs: number): string[] {
  return [name, `<= ${aimMs} ms`, `${median(times).toFixed(0)} ms`, `${Math.max(...times).toFixed(0)} ms`];
}
