import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";

/** The whole browser first: the headless shell is another program than the one that people use. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"];

/**
 * Runs `use` with a browser that has nothing in its cache and carries the session, if there is one. `debuggingPort`
 * lets other programs steer the browser too.
 */
export async function withBrowser<T>(
  { url, session, debuggingPort }: { url: string; session?: string; debuggingPort?: number },
  use: (context: BrowserContext) => Promise<T>,
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "latchkey-browser-"));
  const executablePath = BROWSERS.map((name) => `/usr/bin/${name}`).find(existsSync);
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}),
    args: debuggingPort ? [`--remote-debugging-port=${debuggingPort}`] : [],
  });
  try {
    await context.addCookies(readCookies(session).map((cookie) => ({ ...cookie, url })));
    return await use(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function readCookies(session = ""): { name: string; value: string }[] {
  return session
    .split("; ")
    .filter(Boolean)
    .map((pair) => {
      const equals = pair.indexOf("=");
      return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
    });
}
