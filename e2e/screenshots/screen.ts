import type { Page } from "@playwright/test";
import type { PortalFacts } from "../fixtures/portal";
import type { Filled } from "./fill-portal";

/** What leads to a screen. */
export interface Way {
  page: Page;
  portal: PortalFacts;
  filled: Filled;
}

/** A screen or an open dialog. */
export interface Screen {
  /** Also the name of its files. */
  name: string;
  /** The role of who looks; undefined: nobody is signed in. */
  as?: string;
  path: string | ((filled: Filled) => string);
  /** What is done on the page before the picture is taken, such as opening a dialog. */
  open?: (way: Way) => Promise<void>;
  /** A dialog or a menu: the picture shows the window rather than the whole page. */
  window?: boolean;
  /** The heading that is in view at the top. Only for pictures of the window. */
  under?: string;
  /** The theme of its picture in docs/screenshots. Left out: it has none there. */
  docs?: "light" | "dark";
}

/** Presses a button of the page or of the open dialog. */
export const press = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: true }).first().click();

/** Fills a text box. */
export const type = (page: Page, name: string, text: string) => page.getByRole("textbox", { name }).fill(text);
