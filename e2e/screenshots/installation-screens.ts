import { FULL, MAKER } from "./people-and-projects";
import { press, type Screen, type } from "./screen";

/** The screens outside projects: signing in, the account, support and administration. */
export const INSTALLATION_SCREENS: Screen[] = [
  { name: "sign-in", path: "/login" },
  {
    name: "sign-in-refused",
    path: "/login",
    open: async ({ page }) => {
      await type(page, "Email", "nobody@example.org");
      await page.getByLabel("Password", { exact: true }).fill("not the password");
      await press(page, "Sign in");
      await page.getByText("Email or password is wrong").waitFor();
    },
  },
  { name: "set-up-without-link", path: "/set-up" },
  { name: "api", path: "/api/docs", window: true },
  { name: "projects", as: "admin", path: "/projects" },
  { name: "account", as: "member+", path: "/account" },
  {
    name: "menu-of-the-account",
    as: "member+",
    path: "/account",
    window: true,
    open: ({ page }) => page.getByRole("button", { name: /Mia Member/ }).click(),
  },
  { name: "tokens-none", as: "member+", path: "/account/tokens" },
  {
    name: "dialog-create-token",
    as: "admin",
    path: "/account/tokens",
    window: true,
    open: ({ page }) => press(page, "Create token"),
  },
  {
    name: "dialog-token",
    as: "admin",
    path: "/account/tokens",
    window: true,
    open: async ({ page }) => {
      await press(page, "Create token");
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox", { name: "Name" }).fill("nightly synchronisation of the observatory");
      await dialog.getByRole("button", { name: "Create token" }).click();
      await dialog.getByRole("button", { name: "Copy token" }).waitFor();
    },
  },
  { name: "tokens", as: "admin", path: "/account/tokens" },
  { name: "support", as: "support", path: "/support" },
  {
    name: "support-key",
    as: "support",
    path: ({ accessKeyId }) => `/support?access-key=${accessKeyId}`,
    docs: "light",
  },
  {
    name: "support-dialog-disable",
    as: "support",
    path: ({ accessKeyId }) => `/support?access-key=${accessKeyId}`,
    window: true,
    open: ({ page }) => press(page, "Disable Access"),
  },
  { name: "support-project", as: "support", path: `/support?by=project&text=${FULL}` },
  { name: "support-person", as: "support", path: `/support?by=email&text=${MAKER.email}` },
  { name: "support-people", as: "support", path: "/support?by=email&text=example" },
  { name: "support-none", as: "support", path: "/support?by=access-key&text=ZZZZZZ" },
  { name: "bulk-revoke", as: "support", path: "/support/bulk-revoke" },
  {
    name: "bulk-revoke-preview",
    as: "support",
    path: "/support/bulk-revoke",
    docs: "light",
    open: async ({ page, filled }) => {
      const leaked = filled.spare.map((id, line) => `line ${line}: aws_access_key_id = ${id}`);
      await type(page, "Text with access keys", leaked.join("\n"));
      await press(page, "Preview");
      await type(page, "Reason", "pasted into a public forum");
    },
  },
  {
    name: "bulk-revocation",
    as: "support",
    path: "/support/bulk-revoke",
    open: async ({ page, filled }) => {
      await type(page, "Text with access keys", filled.spare.slice(1).join("\n"));
      await press(page, "Preview");
      await type(page, "Reason", "pasted into a public forum");
      await type(page, "Type confirm to continue", "confirm");
      await press(page, /^Revoke \d/);
      await page.getByRole("status").filter({ hasText: "Finished" }).waitFor();
    },
  },
  { name: "admin", as: "platform-admin", path: "/admin", docs: "dark" },
  { name: "admin-users", as: "platform-admin", path: "/admin/users" },
  {
    name: "admin-menu-of-a-user",
    as: "platform-admin",
    path: "/admin/users",
    window: true,
    open: ({ page }) =>
      page
        .getByRole("button", { name: /^Actions of/ })
        .nth(1)
        .click(),
  },
  {
    name: "admin-dialog-edit-user",
    as: "platform-admin",
    path: "/admin/users",
    window: true,
    open: async ({ page }) => {
      await page.getByRole("button", { name: /^Actions of Prof/ }).click();
      await page.getByRole("menuitem", { name: "Edit" }).click();
    },
  },
  {
    name: "admin-dialog-add-user",
    as: "platform-admin",
    path: "/admin/users",
    window: true,
    open: ({ page }) => press(page, "Add user"),
  },
  {
    name: "admin-dialog-set-up-link",
    as: "platform-admin",
    path: "/admin/users",
    window: true,
    open: async ({ page }) => {
      await press(page, "Add user");
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("textbox", { name: "Name" }).fill("Nina New");
      await dialog.getByRole("textbox", { name: "Email" }).fill("nina@example.org");
      await dialog.getByRole("button", { name: "Add user" }).click();
      await dialog.getByRole("button", { name: "Copy set-up link" }).waitFor();
    },
  },
  { name: "admin-projects", as: "platform-admin", path: "/admin/projects" },
  {
    name: "admin-dialog-add-project",
    as: "platform-admin",
    path: "/admin/projects",
    window: true,
    open: ({ page }) => press(page, "Add project"),
  },
  { name: "admin-project", as: "platform-admin", path: `/admin/projects/${FULL}` },
  {
    name: "admin-dialog-regions-of-a-project",
    as: "platform-admin",
    path: `/admin/projects/${FULL}`,
    window: true,
    open: async ({ page }) => {
      await press(page, "Change regions");
      await page.getByRole("combobox", { name: "The project may use" }).selectOption("Only these regions");
    },
  },
  { name: "admin-regions", as: "platform-admin", path: "/admin/regions", docs: "light" },
  { name: "admin-region", as: "platform-admin", path: "/admin/regions/west" },
  { name: "admin-region-new", as: "platform-admin", path: "/admin/regions/new" },
  {
    name: "admin-region-new-ceph",
    as: "platform-admin",
    path: "/admin/regions/new",
    open: async ({ page }) => {
      await page.getByRole("combobox", { name: "Storage system" }).selectOption({ index: 2 });
      await press(page, "Test connection");
    },
  },
  { name: "admin-region-edit", as: "platform-admin", path: "/admin/regions/east/edit" },
  { name: "admin-region-credentials", as: "platform-admin", path: "/admin/regions/east/credentials" },
  { name: "admin-operations", as: "platform-admin", path: "/admin/operations" },
  { name: "admin-audit-log", as: "platform-admin", path: "/admin/audit-log", docs: "light" },
];
