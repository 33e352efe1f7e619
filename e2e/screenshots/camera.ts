import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectTheme } from "../fixtures/accessible";
import { ROOT } from "../fixtures/portal";
import type { Screen } from "./screen";

const THEMES = ["light", "dark"] as const;
const SIZES = [
  { width: 360, height: 740 },
  { width: 768, height: 1_024 },
  { width: 1_280, height: 800 },
  { width: 1_920, height: 1_080 },
];
const DOCS = join(ROOT, "docs/screenshots");

type Theme = (typeof THEMES)[number];

/** Both themes and four widths, as `light-360`. */
export const LOOKS = THEMES.flatMap((theme) => SIZES.map((size) => ({ name: `${theme}-${size.width}`, theme, size })));

/** Takes a screen in some looks: `folder/name-theme-width.png`. Returns what is wider than its window. */
export async function photograph(page: Page, screen: Screen, looks: typeof LOOKS, folder: string): Promise<string[]> {
  const wide: string[] = [];
  for (const { name, theme, size } of looks) {
    await look(page, theme, size, screen.under);
    const path = join(folder, `${screen.name}-${name}.png`);
    await page.screenshot({ path, fullPage: !screen.window, caret: "initial" });
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth))
      wide.push(path);
  }
  return wide;
}

/** Takes a screen for docs/screenshots, in one window of 1,280 px, and returns the path. */
export async function photographForDocs(page: Page, screen: Screen, theme: Theme): Promise<string> {
  await look(page, theme, { width: 1_280, height: 800 }, screen.under);
  const path = join(DOCS, `${screen.name}.png`);
  await page.screenshot({ path });
  return path;
}

async function look(page: Page, colorScheme: Theme, size: { width: number; height: number }, under?: string) {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize(size);
  await expectTheme(page, colorScheme);
  if (under === undefined) await page.evaluate(scrollToMenuOrTop);
  else await page.getByRole("heading", { name: under }).evaluate((heading) => heading.scrollIntoView());
}

/** The page of an open menu is scrolled to the menu's button. */
function scrollToMenuOrTop(): void {
  const button = document.querySelector("[aria-haspopup=menu][data-state=open]");
  if (button) button.scrollIntoView({ block: "center" });
  else window.scrollTo(0, 0);
}
