import { readFile } from "node:fs/promises";
import { withDatabase } from "../fixtures/database";
import { createProject } from "../fixtures/people";
import { type IssuedKey, signInToPortal } from "../fixtures/portal-client";
import type { PortalFacts } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { aws } from "../fixtures/s3-tools";
import { expect, personOf, test } from "../fixtures/test";

const PROJECT = "leaky";
const COUNT = 5;

/** Keys of a project of this spec, each one in use. */
async function makeKeys(portal: PortalFacts): Promise<IssuedKey[]> {
  const person = personOf(portal, "member+");
  await withDatabase(await readDatabaseUrl(portal), (database) => createProject(database, PROJECT, person.email));
  const client = await signInToPortal(portal.url, person);
  const region = portal.regions[0]?.name ?? "";
  const keys: IssuedKey[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    const answer = await client.enable({ project: PROJECT, region, name: `host ${index}`, access: "full" });
    if (answer.kind !== "data" || !("secretAccessKey" in answer.data)) throw new Error(JSON.stringify(answer));
    await client.acknowledge({ project: PROJECT, operationId: answer.data.operationId });
    keys.push(answer.data);
  }
  return keys;
}

const listBuckets = (key: IssuedKey) => aws(key, ["s3api", "list-buckets"]);

test("support revokes the keys in a pasted text: the progress survives a reload, and every key is refused", async ({
  openAs,
  portal,
}) => {
  const keys = await makeKeys(portal);
  const [first] = keys;
  if (!first) throw new Error("no key");
  expect((await listBuckets(first)).code).toBe(0);
  const page = await openAs("support");
  await page.goto("/support");
  await page.getByRole("link", { name: "Bulk revoke" }).click();
  const typed = page.getByRole("textbox", { name: "Text with access keys" });
  await typed.fill("nothing to find in here");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("No access key of Latchkey was found in the text")).toBeVisible();
  const sent: string[] = [];
  page.on("request", (request) => sent.push(request.postData() ?? ""));
  await typed.fill(`password=hunter2\n${keys.map(({ accessKeyId }) => `leaked: "${accessKeyId}"`).join("\n")}`);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText(`${PROJECT}: ${COUNT}`)).toBeVisible();
  await expect(page.getByText(/are refused within/)).toBeVisible();
  const revoke = page.getByRole("button", { name: `Revoke ${COUNT} keys` });
  await page.getByRole("textbox", { name: "Reason" }).fill("=pasted into a forum");
  await expect(revoke).toBeDisabled();
  await page.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await revoke.click();
  await expect(page).toHaveURL(/\/support\/bulk-revoke\/[0-9a-f-]{36}$/);
  await page.reload();
  await expect(page.getByRole("progressbar", { name: "Progress" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: `${COUNT} revoked` })).toContainText("Finished", {
    timeout: 60_000,
  });
  expect(sent.some((body) => body.includes(first.accessKeyId))).toBe(true);
  expect(sent.join()).not.toContain("hunter2");
  await expect(page.getByRole("table").getByText("Revoked", { exact: true })).toHaveCount(COUNT);
  for (const key of keys) expect((await listBuckets(key)).stderr).toMatch(/InvalidAccessKeyId|403/);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trimEnd().split("\r\n");
  expect(lines).toHaveLength(COUNT + 1);
  for (const { accessKeyId } of keys) expect(lines.join("\n")).toContain(`${accessKeyId},${PROJECT},`);

  await page.getByRole("link", { name: first.accessKeyId }).click();
  await expect(page.getByText("pasted into a forum").first()).toBeVisible();
  await page.getByRole("link", { name: "Bulk revoke" }).click();
  await expect(page.getByRole("cell", { name: "Finished" }).first()).toBeVisible();
  const member = await openAs("member+");
  expect((await member.request.get("/support/bulk-revoke")).status()).toBe(404);
});
