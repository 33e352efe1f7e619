import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { SIGNING_REGION, testOnRig } from "../fixtures/rig-test";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { expect } from "../fixtures/test";
import { testEveryJourney } from "./every-journey";
import { useToolsThroughEveryChange } from "./tools";
import { runRadosgwAdmin } from "@/testing/rig/ceph";
import { signInToKeystone } from "@/testing/rig/keystone-seed";
import { findMissingPrograms, readGatewayLogs, readRigStatus, startRig, stopRig } from "@/testing/rig/rig";

const missing = findMissingPrograms();
const test = testOnRig("ceph", ["cached", "uncached"]);

test.describe.configure({ mode: "serial" });
test.skip(missing.length > 0, `a real Ceph needs ${missing.join(", ")}`);

let lastKey: S3Credentials | undefined;

test("a region is saved only when its storage system passes the check", async ({ rig, portal }) => {
  const endpoints = rig.gateways.map(({ endpoint }) => endpoint);
  const flags = [
    ...["--provider", "ceph-rgw", "--endpoint", endpoints[0] ?? "", "--signing-region", SIGNING_REGION],
    ...["--admin-url", rig.adminUrl, "--access-key-id", rig.admin.accessKeyId, "--gateway", ...endpoints],
  ];
  const create = (secret: string) => runAdmin(portal, ["region", "create", "ceph", ...flags], secret);
  const list = () => runAdmin(portal, ["region", "list"]);
  await expect(create("x".repeat(40))).rejects.toThrow(
    /The region ceph was not saved: the secret of the admin credential is wrong\./,
  );
  expect(await list()).not.toContain("ceph");
  await create(rig.admin.secretAccessKey);
  expect(await list()).toMatch(/ceph\s+ceph-rgw/);
});

testEveryJourney(test, "ceph");

test("the real tools work on a real Ceph, through regenerate, disable and enable", async ({ rig, portal, openAs }) => {
  const credentials = new CredentialsPage(await openAs("member+"), portal);
  await credentials.open();
  await useToolsThroughEveryChange(credentials, "ceph");
  await expect(credentials.card("ceph")).toContainText("gateway 1");
  await expect(credentials.card("ceph")).toContainText("gateway 2");

  const last = await credentials.regenerate("ceph");
  await credentials.hideSecret();
  await expect.poll(() => readLiveKeyIds(rig.options.folder)).toEqual([last.accessKeyId]);
  expect(readGatewayLogs(rig.options.folder)).toContain(last.accessKeyId);
  expect(readGatewayLogs(rig.options.folder)).not.toContain(last.secretAccessKey);
  lastKey = last;
});

test("the rig's gateways accept Keystone's keys; one goes on accepting a deleted key from its cache, one does not", async ({
  rig,
}) => {
  const { keystone } = rig;
  if (!keystone) throw new Error("the rig has no Keystone");
  const admin = await signInToKeystone(keystone.url, "admin", keystone.adminPassword, "admin");
  const { users } = await admin.call<{ users: { id: string }[] }>("GET", "/users?name=admin");
  const { projects } = await admin.call<{ projects: { id: string }[] }>("GET", "/projects?name=admin");
  const path = `/users/${users[0]?.id}/credentials/OS-EC2`;
  const { credential } = await admin.call<{ credential: { access: string; secret: string } }>("POST", path, {
    tenant_id: projects[0]?.id,
  });
  const listAt = (endpoint: string) =>
    aws(
      { accessKeyId: credential.access, secretAccessKey: credential.secret, endpoint, signingRegion: SIGNING_REGION },
      ["s3", "ls"],
    );
  for (const { endpoint } of rig.gateways) expect((await listAt(endpoint)).code).toBe(0);
  await admin.call("DELETE", `${path}/${credential.access}`);
  const codes = await Promise.all(
    rig.gateways.map(async ({ kind, endpoint }) => [kind, (await listAt(endpoint)).code === 0]),
  );
  expect(codes).toEqual([
    ["cached", true],
    ["uncached", false],
  ]);
});

test("the rig restarts with all its data, and a second start changes nothing", async ({ rig }) => {
  const { folder } = rig.options;
  const readPids = async () => (await readRigStatus(folder)).map(({ pid }) => pid);
  const before = await readPids();
  expect(await startRig(rig.options)).toEqual(rig);
  expect(await readPids()).toEqual(before);
  await stopRig(folder);
  expect(await readPids()).toEqual(before.map(() => undefined));
  expect(await startRig(rig.options)).toEqual(rig);
  expect((await readRigStatus(folder)).map(({ name, answers }) => [name, answers ?? true])).toEqual(
    ["mon", "osd", "rgw.1", "rgw.2", "keystone"].map((name) => [name, true]),
  );
  for (const { endpoint } of rig.gateways) {
    const listed = await aws({ ...(lastKey ?? fail()), endpoint }, ["s3", "ls"]);
    expect(listed.stdout).toContain("aws-first");
  }
});

function fail(): never {
  throw new Error("an earlier test left no key");
}

/** The ids of all keys of the portal's principals, read without a gateway. */
async function readLiveKeyIds(folder: string): Promise<string[]> {
  const ask = async <T>(args: string[]) => JSON.parse(await runRadosgwAdmin(folder, args)) as T;
  const uids = (await ask<string[]>(["user", "list"])).filter((uid) => uid.startsWith("lk-"));
  const users = await Promise.all(
    uids.map((uid) => ask<{ keys: { access_key: string }[] }>(["user", "info", `--uid=${uid}`])),
  );
  return users.flatMap(({ keys }) => keys.map((key) => key.access_key));
}
