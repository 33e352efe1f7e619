import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessibleInEveryLook } from "../fixtures/accessible";
import { withDatabase } from "../fixtures/database";
import { useFaultyPortal } from "../fixtures/faulty-portal";
import { press } from "../fixtures/keyboard";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { aws, run, type S3Credentials } from "../fixtures/s3-tools";
import { expect, test } from "../fixtures/test";

const faulty = useFaultyPortal();

/** More than a page has. They sort after `first` and `second`. */
const MORE = Array.from({ length: 10 }, (_, index) => `third-${index}`);
const STORED = "6.0 KiB";

let page: Page;

const tileOf = (region: string) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: region }) });
const buckets = () => page.getByRole("group", { name: "Buckets" });
/** The name in a row of the list of buckets, counted from 0. */
const bucketAt = (row: number) => buckets().getByRole("rowheader").nth(row);

/** Lets the last figures be this old. Then a page asks for new ones. */
async function ageFigures(hours: number): Promise<void> {
  await withDatabase(await readDatabaseUrl(faulty.portal.facts), (database) =>
    database.query(
      "UPDATE usage_figures SET as_of = as_of - make_interval(hours => $1), asked_at = asked_at - make_interval(hours => $1)",
      [hours],
    ),
  );
}

async function store(key: S3Credentials): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-usage-"));
  try {
    const file = join(folder, "file");
    await writeFile(file, "x".repeat(2_048));
    const { host } = new URL(key.endpoint);
    const server = [`--host=${host}`, `--host-bucket=${host}`, "--no-ssl", `--region=${key.signingRegion}`];
    const secrets = [`--access_key=${key.accessKeyId}`, `--secret_key=${key.secretAccessKey}`];
    const names = ["first", "second", ...MORE].map((name) => `s3://${name}`);
    const made = await run("s3cmd", [...server, ...secrets, "mb", ...names], { HOME: folder });
    expect(made.code, made.stderr).toBe(0);
    for (const place of ["first/a", "second/a", "second/b"]) {
      const put = await aws(key, ["s3", "cp", file, `s3://${place}`]);
      expect(put.code, put.stderr).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("what an S3 client stores is shown with its time: in the overview, the chart’s table and the buckets", async ({
  browser,
}) => {
  page = await faulty.openPage(browser);
  const credentials = await faulty.openFreshProject(page);
  await expect(tileOf("faulty")).toContainText("No keys yet");
  await expect(page.getByText("No figures yet")).toBeVisible();
  await expect(page.getByRole("link", { name: "Enable CLI access" })).toHaveAttribute("href", "#credentials");
  const key = await credentials.enable("faulty");
  await credentials.hideSecret();
  await expect(tileOf("faulty")).toContainText("as of");
  await expect(page.getByText("This command makes the first bucket in faulty")).toBeVisible();

  await store(key);
  await ageFigures(1);
  await credentials.open();
  // The open page gets the figures without a reload.
  await expect(tileOf("faulty")).toContainText(STORED);
  await expect(tileOf("faulty")).toContainText("Buckets12");
  await expect(tileOf("faulty")).toContainText("Objects3");
  await expect(bucketAt(0)).toHaveText("first");

  await page.reload();
  await expect(page.getByRole("img", { name: `Stored in the last 24 hours. faulty: from` })).toContainText("KiB");
  await page.getByText("The same figures as a table").click();
  const newest = page.getByRole("group", { name: "Figures of the chart" }).getByRole("row").nth(1);
  await expect(newest).toContainText(`faulty123${STORED}`);
});

test("buckets are sorted, searched and paged by the address; the chart’s choice stays", async () => {
  await page.getByRole("link", { name: "30 days" }).click();
  await expect(page).toHaveURL(/range=30d/);
  await buckets().getByRole("link", { name: "Stored" }).click();
  await expect(page).toHaveURL(/sort=bytes-desc/);
  await expect(buckets().getByRole("columnheader", { name: "Stored" })).toHaveAttribute("aria-sort", "descending");
  await expect(bucketAt(0)).toHaveText("second");
  await expect(bucketAt(1)).toHaveText("first");
  await expect(buckets().getByRole("rowheader")).toHaveCount(10);
  await press(page.getByRole("link", { name: "Next page" }));
  await expect(buckets().getByRole("rowheader")).toHaveCount(2);
  await press(page.getByRole("link", { name: "First page" }));
  await expect(bucketAt(0)).toHaveText("second");

  await page.getByRole("searchbox", { name: "Bucket" }).fill("irst");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(buckets().getByRole("rowheader")).toHaveText(["first"]);
  await expect(page).toHaveURL(/range=30d.*search=irst.*sort=bytes-desc/);
  await page.getByRole("searchbox", { name: "Bucket" }).fill("none-of-them");
  await page.keyboard.press("Enter");
  await expect(page.getByText("No bucket matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(buckets().getByRole("rowheader")).toHaveCount(10);
  await expect(page.getByRole("searchbox", { name: "Bucket" })).toHaveValue("");
  await expect(page.getByRole("link", { name: "30 days" })).toHaveAttribute("aria-current", "true");

  await page.goto(`${new URL(page.url()).pathname}?cursor=none&sort=none&range=none`);
  await expect(bucketAt(0)).toHaveText("first");
});

test("a storage system that is down: the last figures stand with their age", async () => {
  const fault = faulty.storage.admin.inject({ match: () => true, when: "before", what: "drop" });
  await ageFigures(3);
  await page.reload();
  const told = "as of 3 hours ago: the storage system does not answer";
  await expect(tileOf("faulty")).toContainText(told);
  await expect(tileOf("faulty")).toContainText("Service does not answer");
  await expect(tileOf("faulty")).toContainText(STORED);
  await expect(page.getByRole("list", { name: "When the buckets were told" })).toContainText(`faulty ${told}`);
  await expect(bucketAt(0)).toHaveText("first");

  await page.getByText("The same figures as a table").click();
  await expectAccessibleInEveryLook(page, "the dashboard with figures");
  fault.release();
  await page.context().close();
});
