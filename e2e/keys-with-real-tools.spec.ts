import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CredentialsPage } from "./fixtures/credentials-page";
import { allTools, type Outcome, type Pair, type Tool } from "./fixtures/s3-tools";
import { expect, test } from "./fixtures/test";

const MULTIPART_BYTES = 20 * 1024 * 1024;

test.describe.configure({ mode: "serial" });

let folder: string;
let small: string;
let large: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-tools-"));
  small = join(folder, "small.txt");
  large = join(folder, "large.bin");
  await writeFile(small, "kept through every change of keys\n");
  await writeFile(large, randomBytes(MULTIPART_BYTES));
});

function expectDone(outcome: Outcome, what: string): void {
  expect(outcome.code, `${what}\n${outcome.stdout}\n${outcome.stderr}`).toBe(0);
}

async function useFully(tool: Tool, round: string): Promise<void> {
  const bucket = `${tool.name}-${round}`;
  expectDone(await tool.makeBucket(bucket), `${tool.name} makes a bucket`);
  expectDone(await tool.put(small, bucket, "small.txt"), `${tool.name} puts`);
  expectDone(await tool.put(large, bucket, "large.bin"), `${tool.name} puts in parts`);
  const back = join(folder, `${bucket}.back`);
  expectDone(await tool.get(bucket, "large.bin", back), `${tool.name} gets`);
  expect((await readFile(back)).equals(await readFile(large))).toBe(true);
  const listed = await tool.list(bucket);
  expectDone(listed, `${tool.name} lists`);
  expect(listed.stdout).toContain("small.txt");
  expect(listed.stdout).toContain("large.bin");
  expectDone(await tool.remove(bucket, "large.bin"), `${tool.name} removes`);
  expect((await tool.list(bucket)).stdout).not.toContain("large.bin");
}

async function expectRefused(pair: Pair): Promise<void> {
  for (const tool of await allTools(pair)) {
    const outcome = await tool.list(`${tool.name}-first`);
    expect(outcome.code, `${tool.name} with a dead pair`).not.toBe(0);
  }
}

test("aws, s3cmd and rclone work with the pair, through regenerate, disable and enable", async ({ openAs, portal }) => {
  test.setTimeout(300_000);
  const page = await openAs("member+");
  const credentials = new CredentialsPage(page, portal);
  await credentials.open();
  const first = await credentials.issue("north");
  await credentials.hideSecret();
  await credentials.expectState("north", "ACTIVE");
  for (const tool of await allTools(first)) await useFully(tool, "first");

  const second = await credentials.regenerate("north");
  expect(second.accessKeyId).not.toBe(first.accessKeyId);
  expect(second.secretAccessKey).not.toBe(first.secretAccessKey);
  await credentials.hideSecret();
  await expect(credentials.card("north")).toContainText("refused");
  await expectRefused(first);
  for (const tool of await allTools(second)) {
    const kept = await tool.list(`${tool.name}-first`);
    expectDone(kept, `${tool.name} with the new pair`);
    expect(kept.stdout).toContain("small.txt");
    await useFully(tool, "second");
  }

  await credentials.disable("north");
  await credentials.expectState("north", "DISABLED");
  await expectRefused(second);

  await page.reload();
  const third = await credentials.enable("north");
  await credentials.hideSecret();
  await expectRefused(second);
  for (const tool of await allTools(third)) {
    const back = join(folder, `${tool.name}.third`);
    expectDone(await tool.get(`${tool.name}-first`, "small.txt", back), `${tool.name} finds the data`);
    expect(await readFile(back, "utf8")).toBe("kept through every change of keys\n");
  }
});
