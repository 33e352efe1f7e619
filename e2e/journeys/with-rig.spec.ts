import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { ROOT, startPortal, stopProcess } from "../fixtures/portal";
import { findFreePorts } from "@/testing/ports";
import { aws } from "../fixtures/s3-tools";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, test } from "../fixtures/test";
import { waitFor } from "@/testing/wait";
import { findMissingPrograms, readRigStatus } from "@/testing/rig/rig";
import { PORTS_NEEDED } from "@/testing/rig/settings";

const missing = findMissingPrograms();
test.skip(missing.length > 0, `a real Ceph and Keystone need ${missing.join(", ")}`);

test("npm run up -- --with-rig starts a real Ceph and Keystone; Ctrl-C stops them, and the next start has their data", async ({
  browser,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-with-rig-"));
  const flags = ["--with-rig", "--rig-port", String(await findFreePorts(PORTS_NEEDED))];
  const readPids = async () =>
    (await readRigStatus(join(dataDir, "rig"))).map(({ name, pid }) => [name, pid !== undefined]);
  const programs = ["mon", "osd", "rgw.1", "rgw.2", "keystone"];

  const first = await startPortal(dataDir, { flags });
  const { facts } = first;
  try {
    expect(await readPids()).toEqual(programs.map((name) => [name, true]));
    const context = await browser.newContext({ baseURL: facts.url });
    await signInByRequest(context, facts.url, personOf(facts, "member+"));
    const regions = ["ceph", "openstack"].map((name) => ({ name, endpoint: "", signingRegion: "default" }));
    const credentials = new CredentialsPage(await context.newPage(), { ...facts, regions });
    await credentials.open();
    for (const { name } of regions) {
      const key = await credentials.enable(name);
      await credentials.hideSecret();
      expect((await aws(key, ["s3", "mb", `s3://made-in-${name}`])).code).toBe(0);
    }
    await context.close();
  } finally {
    await first.stop();
  }
  expect(await readPids()).toEqual(programs.map((name) => [name, false]));

  const second = await startPortal(dataDir, { flags, environment: facts.environment });
  try {
    expect(await readPids()).toEqual(programs.map((name) => [name, true]));
    const listed = await runAdmin(second.facts, ["region", "list"]);
    expect(listed).toMatch(/ceph\s+ceph-rgw/);
    expect(listed).toMatch(/openstack\s+keystone/);
  } finally {
    await second.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test("Ctrl-C during the start of Ceph and Keystone leaves no process", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-with-rig-"));
  const port = await findFreePorts(PORTS_NEEDED + 4);
  const env = { ...process.env, LATCHKEY_DATA_DIR: dataDir, PORT: String(port), S3_PORT: String(port + 1) };
  const args = ["bin/up.mjs", "--with-rig", "--rig-port", String(port + 4)];
  const up = spawn(process.execPath, args, { cwd: ROOT, env, stdio: "ignore" });
  await waitFor("the OSD", async () => existsSync(join(dataDir, "rig/run/osd.json")));
  await stopProcess(up);
  const left = await new Promise<string>((resolve) =>
    execFile("ps", ["-eo", "args"], (_error, printed) => resolve(printed)),
  );
  expect(left.split("\n").filter((line) => line.includes(dataDir))).toEqual([]);
  await rm(dataDir, { recursive: true, force: true });
});
