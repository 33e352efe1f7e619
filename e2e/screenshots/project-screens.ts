import type { Page } from "@playwright/test";
import { FULL, EMPTY } from "./people-and-projects";
import { press, type Screen, type } from "./screen";

const DASHBOARD = `/projects/${FULL}/object-storage`;
const KEYS = `${DASHBOARD}/keys`;

const card = (page: Page, region: string) => page.getByRole("article", { name: region });

/** Opens a dialog of the card of `north` in the full project. */
const dialogOf = (name: string, button: string, docs?: Screen["docs"]): Screen => ({
  name,
  as: "admin",
  path: DASHBOARD,
  window: true,
  ...(docs ? { docs } : {}),
  open: ({ page }) => card(page, "north").getByRole("button", { name: button }).click(),
});

/** The screens of a project, and its dialogs. Those that change a key do so in the project `demo`. */
export const PROJECT_SCREENS: Screen[] = [
  { name: "dashboard", as: "admin", path: DASHBOARD, docs: "light" },
  { name: "dashboard-of-a-member", as: "member", path: DASHBOARD },
  { name: "dashboard-empty", as: "admin", path: `/projects/${EMPTY}/object-storage` },
  {
    name: "dashboard-chart-as-table",
    as: "admin",
    path: `${DASHBOARD}?range=13mo`,
    open: ({ page }) => page.getByText("The same figures as a table").click(),
  },
  {
    name: "credentials",
    as: "admin",
    path: DASHBOARD,
    window: true,
    under: "Object Storage Credentials",
    docs: "dark",
  },
  { name: "keys", as: "admin", path: KEYS },
  {
    name: "key-history",
    as: "admin",
    path: KEYS,
    open: async ({ page, filled }) => {
      await page.getByRole("table").getByText(filled.accessKeyId).first().click();
      await page.getByText(`History of ${filled.accessKeyId}`).waitFor();
    },
    docs: "light",
  },
  { name: "keys-none", as: "admin", path: `/projects/${EMPTY}/object-storage/keys` },
  { name: "keys-none-match", as: "admin", path: `${KEYS}?search=ZZZZ` },
  { name: "activity", as: "admin", path: `/projects/${FULL}/activity` },
  { name: "activity-filtered", as: "admin", path: `/projects/${FULL}/activity?who=Hohenstaufen` },
  { name: "members", as: "admin", path: `/projects/${FULL}/members` },
  { name: "not-found", as: "member", path: KEYS },
  {
    name: "dialog-enable",
    as: "admin",
    path: DASHBOARD,
    window: true,
    open: ({ page }) => card(page, "east").getByRole("button", { name: "Enable CLI Access" }).click(),
  },
  dialogOf("dialog-regenerate", "Regenerate Keys"),
  dialogOf("dialog-expiration", "Set expiration"),
  dialogOf("dialog-deactivate", "Deactivate"),
  dialogOf("dialog-disable", "Disable Access"),
  dialogOf("dialog-connect", "Connect a client", "light"),
  dialogOf("dialog-retire", "Retire now"),
  dialogOf("dialog-keep-longer", "Keep longer"),
  dialogOf("dialog-add-named-key", "Add named key"),
  dialogOf("menu-of-a-named-key", "Actions of laptop"),
  {
    name: "dialog-slow-storage",
    as: "admin",
    path: DASHBOARD,
    window: true,
    open: async ({ page }) => {
      await card(page, "west").getByRole("button", { name: "Regenerate Keys" }).click();
      await type(page, "Type confirm to continue", "confirm");
      await page.getByRole("dialog").getByRole("button", { name: "Regenerate Keys" }).click();
    },
  },
  {
    name: "reveal",
    as: "member+",
    path: "/projects/demo/object-storage",
    window: true,
    docs: "light",
    open: async ({ page }) => {
      await card(page, "north").getByRole("button", { name: "Enable CLI Access" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Enable", exact: true }).click();
      await page.getByRole("dialog", { name: "Your credentials" }).waitFor();
    },
  },
  {
    name: "receipt",
    as: "member+",
    path: "/projects/demo/object-storage",
    window: true,
    docs: "light",
    open: async ({ page }) => {
      await card(page, "north").getByRole("button", { name: "Disable Access" }).click();
      await type(page, "Type confirm to continue", "confirm");
      await press(page, "Disable");
      await page
        .getByRole("dialog")
        .getByText(/refused after/)
        .first()
        .waitFor();
    },
  },
  {
    name: "dialog-add-member",
    as: "admin",
    path: `/projects/${FULL}/members`,
    window: true,
    open: ({ page }) => press(page, "Add member"),
  },
  {
    name: "dialog-remove-member",
    as: "admin",
    path: `/projects/${FULL}/members`,
    window: true,
    open: ({ page }) => press(page, /^Remove /),
  },
  {
    name: "menu-of-projects",
    as: "admin",
    path: DASHBOARD,
    window: true,
    open: async ({ page }) => {
      const menu = page.getByRole("button", { name: "Menu" });
      if (await menu.isVisible()) await menu.click();
      await page
        .getByRole("button", { name: /^Switch project/ })
        .first()
        .click();
    },
  },
];
