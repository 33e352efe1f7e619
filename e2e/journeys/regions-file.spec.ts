import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { runAdmin } from "../fixtures/admin";
import { type BuiltinServer, startBuiltinServer } from "../fixtures/builtin-server";
import { type PortalFacts, ROOT, startPortal } from "../fixtures/portal";
import { signInToPortal } from "../fixtures/portal-client";
import { findFreePorts } from "@/testing/ports";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, test } from "../fixtures/test";
import { waitFor } from "@/testing/wait";

test.describe.configure({ mode: "serial" });

let folder: string;
let server: BuiltinServer;
let portal: PortalFacts;
let stop: () => Promise<void> = async () => {};

const fileOf = (name = "regions.yaml") => join(folder, name);
const describeRegion = (name: string, adminUrl: string) => `
  - name: ${name}
    provider: builtin
    endpoint: ${server.endpoint}
    signingRegion: ${name}-1
    settings:
      adminUrl: ${adminUrl}
    credentials:
      adminToken: \${EAST_TOKEN}`;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-regions-"));
  server = await startBuiltinServer("east");
  const nobody = `http://127.0.0.1:${await findFreePorts(1)}`;
  await writeFile(fileOf(), `regions:${describeRegion("east", server.adminUrl)}${describeRegion("gone", nobody)}\n`);
  await chmod(fileOf(), 0o644);
  const environment = { LATCHKEY_REGIONS: fileOf(), EAST_TOKEN: server.token };
  ({ facts: portal, stop } = await startPortal(folder, { flags: ["--empty"], environment }));
});
test.afterAll(async () => {
  await stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the regions of the file exist after the start; a region that fails its check is reported, and the portal runs", async () => {
  const list = await runAdmin(portal, ["region", "list"]);
  expect(list).toMatch(new RegExp(`^east +builtin +${server.endpoint} +east-1`, "m"));
  expect(list).not.toContain("gone");
  const log = await readFile(join(folder, "up.log"), "utf8");
  expect(log).toContain("  The region east is added.\n");
  expect(log).toMatch(
    /^ {2}regions\.yaml:10: The region gone was not saved: the storage system cannot be reached: nothing listens at \S+\.$/m,
  );
  expect(log).not.toContain(server.token);
});

test("no long-running process gets the variables that the file names", async () => {
  const programs = JSON.parse(await readFile(join(folder, "processes.json"), "utf8")) as {
    name: string;
    pid: number;
  }[];
  expect(programs.map(({ name }) => name).sort()).toEqual(["builtin-s3", "web", "worker"]);
  for (const { name, pid } of programs) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    expect(environment, name).toContain("LATCHKEY_DATA_DIR");
    expect(environment.includes("EAST_TOKEN") || environment.includes(server.token), name).toBe(false);
  }
});

test("region apply reads the file again, and fails when a check failed", async () => {
  await expect(runAdmin(portal, ["region", "apply"])).rejects.toThrow();
  await writeFile(fileOf("one.yaml"), `regions:${describeRegion("east", server.adminUrl)}\n`);
  expect(await runAdmin(portal, ["region", "apply", fileOf("one.yaml")])).toBe("1 declared, 0 saved, 0 failed.\n");
  await writeFile(fileOf("none.yaml"), "regions: []\n");
  expect(await runAdmin(portal, ["region", "apply", fileOf("none.yaml")])).toContain(
    "npm run admin -- region disable east",
  );
});

test("region create does not overwrite; region change changes what is given, after a check", async () => {
  const flags = ["--endpoint", "http://127.0.0.1:1", "--signing-region", "east-1", "--admin-url", server.adminUrl];
  await expect(runAdmin(portal, ["region", "create", "east", ...flags], server.token)).rejects.toThrow(
    "There is already a region east. To change it, use region change.",
  );
  await runAdmin(portal, [
    "region",
    "change",
    "east",
    "--endpoint",
    "https://s3.example.test",
    "--gateway",
    server.endpoint,
  ]);
  expect(await runAdmin(portal, ["region", "list"])).toMatch(/^east +builtin +https:\/\/s3\.example\.test +east-1/m);
  await expect(runAdmin(portal, ["region", "change", "east", "--signing-region", "west-1"])).rejects.toThrow(
    "The region east was not saved: the server signs for east-1.",
  );
  await expect(
    runAdmin(portal, ["region", "change", "east", "--credentials"], "a-wrong-token-of-some-length"),
  ).rejects.toThrow("The region east was not saved: the storage system refuses the admin token.");
  await expect(runAdmin(portal, ["region", "change", "east", "--admin-url", "http://169.254.169.254"])).rejects.toThrow(
    "--admin-url must be",
  );
  await expect(runAdmin(portal, ["region", "change", "west", "--endpoint", "http://127.0.0.1:1"])).rejects.toThrow(
    "There is no region west.",
  );
  expect(await runAdmin(portal, ["region", "list"])).toMatch(/^east +builtin +https:\/\/s3\.example\.test +east-1/m);
});

test("a storage system that is down: admins see what waits for it; retries slow down; after its return the work is done", async ({
  browser,
}) => {
  await runAdmin(portal, ["region", "change", "east", "--endpoint", server.endpoint]);
  await runAdmin(portal, ["project", "create", "research", "--name", "Research"]);
  const created = await runAdmin(portal, ["user", "create", "ada@example.org", "--name", "Ada"]);
  await runAdmin(portal, ["member", "set", "research", "ada@example.org", "member+"]);
  const password = /Password \(shown only this once\): (\S+)/.exec(created)?.[1] ?? "";
  const ada = await signInToPortal(portal.url, { email: "ada@example.org", password });
  const place = { project: "research", region: "east" };
  const issued = await ada.enable(place);
  if (issued.kind !== "data" || !issued.data.ok || issued.data.outcome !== "issued")
    throw new Error(JSON.stringify(issued));
  await ada.acknowledge({ project: "research", operationId: issued.data.operationId });

  await server.kill();
  expect(await ada.disable(place)).toMatchObject({ kind: "data", data: { ok: true, outcome: "revoking" } });
  // A change that has waited for less counts as in progress.
  await waitFor("the change to have waited for half a minute", async () => (await readEnding())[0]?.waits, 180);
  expect(await runAdmin(portal, ["region", "check"])).toMatch(
    /the storage system cannot be reached.* \(since \S+Z\) +1 change since \S+Z$/m,
  );

  const context = await browser.newContext({ baseURL: portal.url });
  await signInByRequest(context, portal.url, personOf(portal, "platform-admin"));
  const page = await context.newPage();
  await page.goto("/admin/regions");
  const row = page.getByRole("row", { name: /east/ });
  await expect(row).toContainText("the storage system cannot be reached: nothing listens at");
  await expect(row).toContainText(/Since \d/);
  await expect(row).toContainText("1 change");
  expect(await readRevocationJobs()).toEqual([expect.objectContaining({ retry_backoff: true, retry_delay_max: 30 })]);
  // Without the growing delay there would be a retry about every second.
  const [job] = await readRevocationJobs();
  expect(job?.retry_count).toBeLessThan((job?.waited_seconds ?? 0) / 3);

  await server.start();
  await waitFor("the removal", async () => (await readEnding()).length === 0, 450);
  expect(await server.readKeyIds()).not.toContain(issued.data.accessKeyId);
  expect(await runAdmin(portal, ["region", "check"])).toMatch(/ answers +nothing$/m);
  await page.reload();
  await expect(row).toContainText("Works");
  await expect(row).toContainText("Nothing");
  await context.close();
});

test("the portal does not start with an invalid file, and says which line is wrong", async () => {
  await writeFile(
    fileOf("wrong.yaml"),
    `regions:${describeRegion("east", server.adminUrl).replace("signingRegion", "signing_region")}\n`,
  );
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-wrong-"));
  try {
    const start = startPortal(dataDir, {
      environment: { LATCHKEY_REGIONS: fileOf("wrong.yaml"), EAST_TOKEN: server.token },
    });
    await expect(start).rejects.toThrow(
      /wrong\.yaml:2: signingRegion must be a text\nwrong\.yaml:5: unknown field; the fields are name, provider/,
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

type Row = {
  waits: boolean;
  retry_count: number;
  retry_backoff: boolean;
  retry_delay_max: number;
  waited_seconds: number;
};

/** The keys that are being removed. Reads the database, because each call of the command line is a process. */
const readEnding = () =>
  query("SELECT ended_at < now() - interval '30 seconds' AS waits FROM access_keys WHERE state = 'REVOKING'");

/** The unfinished jobs that remove a key. */
const readRevocationJobs = () =>
  query(
    "SELECT retry_count, retry_backoff, retry_delay_max, extract(epoch FROM now() - created_on)::float AS waited_seconds FROM pgboss.job WHERE name = 'revoke-key' AND state < 'completed'",
  );

async function query(text: string): Promise<Row[]> {
  const client = new Client({ connectionString: readDatabaseUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

let databaseUrl = "";
function readDatabaseUrl(): string {
  const options = { cwd: ROOT, env: { ...process.env, ...portal.environment }, encoding: "utf8" } as const;
  databaseUrl ||= execFileSync(process.execPath, ["bin/db.mjs", "url"], options).trim();
  return databaseUrl;
}
