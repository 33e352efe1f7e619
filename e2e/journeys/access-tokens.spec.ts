import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { runAdmin } from "../fixtures/admin";
import type { PortalFacts } from "../fixtures/portal";
import { readActionIds, requestSession } from "../fixtures/portal-client";
import { expect, personOf, test } from "../fixtures/test";

test.describe.configure({ mode: "serial" });

const PATH = "/account/tokens";
const BODY = JSON.stringify({ requestId: "0190b0e0-0000-7000-8000-000000000001", confirm: "confirm" });

async function openDialog(page: Page, name: string) {
  await page.goto(PATH);
  await expect(page.getByRole("heading", { level: 1, name: "Access tokens" })).toBeVisible();
  await page.getByRole("button", { name: "Create token" }).click();
  const dialog = page.getByRole("dialog", { name: "Create token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  return dialog;
}

/** Makes a token in the browser and gives it as the field of the reveal shows it. The reveal stays open. */
async function createToken(page: Page, name: string, scope: "Read" | "Read and change keys"): Promise<string> {
  const dialog = await openDialog(page, name);
  await dialog.getByRole("combobox", { name: "Scope" }).selectOption(scope);
  const reply = page.waitForResponse((response) => response.request().method() === "POST");
  await dialog.getByRole("button", { name: "Create token" }).click();
  expect((await reply).headers()["cache-control"]).toContain("no-store");
  const reveal = page.getByRole("dialog", { name: "Your token" });
  const field = reveal.getByLabel("Token", { exact: true });
  await expect(field).toHaveAttribute("type", "password");
  await reveal.getByRole("button", { name: "Show secret" }).click();
  await expect(field).toHaveAttribute("type", "text");
  await reveal.getByRole("button", { name: "Mask secret" }).click();
  return field.inputValue();
}

async function hideToken(page: Page): Promise<void> {
  const reveal = page.getByRole("dialog", { name: "Your token" });
  await reveal.getByRole("checkbox", { name: "I have stored the token" }).check();
  await reveal.getByRole("button", { name: "Hide token" }).click();
  await expect(reveal).toBeHidden();
}

async function ask(portal: PortalFacts, token: string, path: string, method = "GET"): Promise<[number, string]> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = method === "GET" ? { headers } : { method, headers, body: BODY };
  const reply = await fetch(`${portal.url}/api/v1/projects/${path}`, sent);
  return [reply.status, await reply.text()];
}

test("a token is made, shown once, used, and refused when it is revoked", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  await page.goto("/account");
  await page.getByRole("link", { name: "Access tokens" }).click();
  await expect(page).toHaveURL(new RegExp(`${PATH}$`));

  const token = await createToken(page, "nightly rotation", "Read and change keys");
  expect(token).toMatch(/^lkt_[A-Za-z0-9]{54}$/);
  const reveal = page.getByRole("dialog", { name: "Your token" });
  await expect(reveal.getByText("latchkey login")).toContainText(`latchkey login ${portal.url}`);
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(reveal).toBeVisible();
  await expect(reveal.getByRole("button", { name: "Hide token" })).toBeDisabled();
  await page.evaluate(() => history.back());
  await expect(reveal.getByText("You are about to leave. The token cannot be shown again.")).toBeVisible();
  await reveal.getByRole("button", { name: "Stay" }).click();
  await reveal.getByRole("button", { name: "Copy token" }).click();
  await expect(page.getByText("Token copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  await hideToken(page);

  const row = page.getByRole("row", { name: /nightly rotation/ });
  await expect(row).toContainText("Read and change keys");
  await expect(row).toContainText("Never");
  await expect(row).toContainText("Active");
  expect(await page.content()).not.toContain(token);
  await page.reload();
  await expect(row).toBeVisible();
  expect(await page.content()).not.toContain(token);

  expect((await ask(portal, token, "demo/regions"))[0]).toBe(200);
  expect((await ask(portal, token, "other/regions"))[0]).toBe(404);
  expect((await ask(portal, token, "demo/regions/nowhere/disable", "POST"))[0]).toBe(404);

  await page.reload();
  await expect(row).not.toContainText("Never");
  await row.getByRole("button", { name: "Revoke" }).click();
  const question = page.getByRole("dialog", { name: "Revoke token" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(row).toContainText("Active");
  await row.getByRole("button", { name: "Revoke" }).click();
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  await expect(row.getByRole("button", { name: "Revoke" })).toHaveCount(0);
  expect((await ask(portal, token, "demo/regions"))[0]).toBe(401);
  expect(await readFile(join(portal.dataDir, "up.log"), "utf8")).not.toContain(token);
});

test("a token that may only read changes nothing", async ({ openAs, portal }) => {
  const page = await openAs("member+");
  const token = await createToken(page, "dashboard", "Read");
  await hideToken(page);
  expect((await ask(portal, token, "demo/regions"))[0]).toBe(200);
  for (const verb of ["enable", "regenerate", "disable"]) {
    const [status, body] = await ask(portal, token, `demo/regions/north/${verb}`, "POST");
    expect([verb, status]).toEqual([verb, 403]);
    expect(body).toContain("FORBIDDEN");
    expect(body).toContain("This token may only read. Nothing was changed.");
  }
});

test("what does not fit is refused in the form, and makes no token", async ({ openAs, portal }) => {
  const page = await openAs("admin");
  const dialog = await openDialog(page, "");
  const create = dialog.getByRole("button", { name: "Create token" });
  await create.click();
  await expect(dialog.getByText("Give the token a name")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name" }).fill("x".repeat(200));
  await create.click();
  await expect(dialog.getByText("Use at most 100 characters")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name" }).fill("by date");
  await dialog.getByRole("combobox", { name: "Expires in" }).selectOption("Until a date");
  await create.click();
  await expect(dialog.getByText("Choose a date and a time")).toBeVisible();
  await dialog.getByLabel("Expiration date").fill("2020-01-01T00:00");
  await create.click();
  await expect(dialog.getByText("This date has passed.")).toBeVisible();
  await dialog.getByLabel("Expiration date").fill("2999-01-01T00:00");
  await create.click();
  await expect(dialog.getByText("A token is valid for at most 366 days.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(await runAdmin(portal, ["token", "list", personOf(portal, "admin").email])).toContain("There are none.");
});

test("support staff make a token for all projects", async ({ openAs, portal }) => {
  const page = await openAs("support");
  const token = await createToken(page, "look-ups", "Read");
  await hideToken(page);
  await expect(page.getByRole("row", { name: /look-ups/ })).toContainText("All projects");
  expect((await ask(portal, token, "demo/regions"))[0]).toBe(200);
  expect(await runAdmin(portal, ["token", "list", personOf(portal, "support").email])).toMatch(/look-ups +all +read/);
});

test("the actions are refused to another origin, to a visitor, and to whoever may have no token there", async ({
  portal,
}) => {
  const ids = await readActionIds();
  const call = async (action: string, input: object, cookie: string, origin = portal.url) => {
    const headers = { accept: "text/x-component", "content-type": "text/plain;charset=UTF-8", origin, cookie };
    const reply = await fetch(`${portal.url}${PATH}`, {
      method: "POST",
      headers: { ...headers, "next-action": ids.get(action) ?? "" },
      body: JSON.stringify([input]),
    });
    return { status: reply.status, text: await reply.text() };
  };
  const input = { name: "stolen", project: "demo", scope: "read", expiresIn: "30" };
  const revoke = { id: "0190b0e0-0000-7000-8000-000000000002" };
  const sessionOf = (role: string) => requestSession(portal.url, personOf(portal, role));
  const [member, mia] = [await sessionOf("member"), await sessionOf("member+")];
  expect((await call("createAccessToken", input, mia, "https://evil.example")).status).toBe(403);
  expect((await call("createAccessToken", input, "")).text).toContain("UNAUTHENTICATED");
  expect((await call("createAccessToken", input, member)).status).toBe(404);
  expect((await call("revokeAccessToken", revoke, member)).status).toBe(404);
  expect((await call("createAccessToken", { ...input, project: "other" }, mia)).status).toBe(404);
  expect((await call("createAccessToken", { ...input, project: null }, mia)).status).toBe(404);
  expect((await call("revokeAccessToken", revoke, mia)).status).toBe(404);
  expect((await call("createAccessToken", { ...input, name: "a\u0000b" }, mia)).text).toContain("validationErrors");
  for (const role of ["member", "member+"])
    expect(await runAdmin(portal, ["token", "list", personOf(portal, role).email])).not.toContain("stolen");
});
