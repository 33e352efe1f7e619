import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { runRegion } from "@/lib/bulk-revocations/run/run-region";
import { settleBulkRevocations } from "@/lib/bulk-revocations/run/settle";
import { EXIT } from "@/lib/cli/failure";
import { db } from "@/lib/platform/db/client";
import { makeToken } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const project = useProjectWithKeys();
let portal: Awaited<ReturnType<typeof serveApp>>;
let variables: Record<string, string>;

beforeAll(async () => {
  portal = await serveApp(createApi());
});
afterAll(() => portal.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  const sam = await makeUser(db, "Sam", { platformRole: "support" });
  variables = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: await makeToken(db, sam) };
});

const latchkey = (args: string[], input?: string) =>
  runLatchkeyHere(args, { env: variables, ...(input === undefined ? {} : { input }) });

async function work(): Promise<void> {
  for (const { id } of await db.region.findMany()) await runRegion(id, Date.now() + 60_000);
  await settleBulkRevocations();
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-revoke-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a text is searched here, previewed, revoked, shown and exported", async () => {
  const { change } = await project.makeKey();
  const folder = await makeFolder();
  const log = join(folder, "app.log");
  await writeFile(log, `started with ${change.accessKeyId} and hunter2\n`);
  const preview = await latchkey(["support", "revoke", "--file", log, "--reason", "in a log", "--dry-run"]);
  expect(preview).toMatchObject({ code: EXIT.done });
  expect(preview.printed).toContain("1 key would end, in 1 project.");
  expect(preview.printed).toContain("region north: 1 key, refused within 1 second");
  expect(await stateOf(change.keyId)).toBe("ACTIVE");
  const text = await readFile(log, "utf8");
  const args = ["support", "revoke", "--file", "-", "--reason", "in a log", "--yes", "-o", "json"];
  const started = await latchkey(args, text);
  expect(started.code).toBe(EXIT.done);
  const { id } = JSON.parse(started.printed) as { id: string };
  await work();
  const shown = await latchkey(["support", "revocations", "show", id]);
  expect(shown.printed).toMatch(new RegExp(`${change.accessKeyId} +${project.scope.slug} +north +revoked`));
  expect((await latchkey(["support", "revocations", "list"])).printed).toContain("1 of 1 key revoked, finished");
  const file = join(folder, "results.csv");
  expect((await latchkey(["support", "revocations", "export", id, file])).code).toBe(EXIT.done);
  expect(await readFile(file, "utf8")).toContain(`${change.accessKeyId},${project.scope.slug},north,revoked`);
  expect((await latchkey(["support", "revocations", "retry", id])).code).toBe(EXIT.refused);
});

test("the choice is one, and a text without access keys is told", async () => {
  const none = await latchkey(["support", "revoke", "--reason", "r"]);
  expect(none).toMatchObject({ code: EXIT.usage, complaint: expect.stringContaining("Give one of") as string });
  const two = await latchkey(["support", "revoke", "--project", "a", "--user", "b@example.test", "--reason", "r"]);
  expect(two.code).toBe(EXIT.usage);
  const empty = await latchkey(["support", "revoke", "--file", "-", "--reason", "r"], "nothing in here");
  expect(empty).toMatchObject({ code: EXIT.usage, complaint: expect.stringContaining("No access key") as string });
});

test("without the word nothing is changed", async () => {
  const { change } = await project.makeKey();
  const asked = await latchkey(["support", "revoke", "--project", project.scope.slug, "--reason", "r"]);
  expect(asked.code).toBe(EXIT.unconfirmed);
  expect(await stateOf(change.keyId)).toBe("ACTIVE");
});
