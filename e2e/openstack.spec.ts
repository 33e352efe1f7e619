import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runAdmin } from "./fixtures/admin";
import { CredentialsPage } from "./fixtures/credentials-page";
import { type OwnPortal, startOwnPortal } from "./fixtures/own-portal";
import { signInByRequest } from "./fixtures/sign-in";
import { expect, personOf, test } from "./fixtures/test";
import { useToolsThroughEveryChange } from "./journeys/tools";
import { runOpenstack } from "./rig/keystone";
import { startOwnRig } from "./rig/own-rig";
import { findMissingPrograms, readGatewayLogs, type Rig, type RigKeystone } from "./rig/rig";

const missing = findMissingPrograms(["openstack"]);

test.describe.configure({ mode: "serial" });
test.skip(missing.length > 0, `a real Keystone needs ${missing.join(", ")}`);

const SIGNING_REGION = "default";

let portal: OwnPortal | undefined;
let rig: Rig;
let stopOwnRig: (() => Promise<void>) | undefined;

test.beforeAll(async () => {
  test.setTimeout(500_000);
  // One that caches goes on taking a removed pair for 300 s; the driver's tests have one.
  ({ rig, stop: stopOwnRig } = await startOwnRig(["uncached"]));
  portal = await startOwnPortal();
});
test.afterAll(async () => {
  await portal?.stop();
  await stopOwnRig?.();
});

function requirePortal(): OwnPortal {
  if (!portal) throw new Error("the portal did not start");
  return portal;
}

function requireKeystone(): RigKeystone {
  if (!rig.keystone) throw new Error("the rig has no Keystone");
  return rig.keystone;
}

function createRegion(credentials: string): Promise<string> {
  const { url, user } = requireKeystone();
  const settings = [
    ...[`identityUrl=${url}`, `userName=${user.userName}`, `projectName=${user.projectName}`],
    ...["role=member+", "cacheSeconds=0", `rgwAdminUrl=${rig.adminUrl}`],
  ];
  const flags = [
    ...["--provider", "keystone", "--endpoint", rig.gateways[0]?.endpoint ?? "", "--signing-region", SIGNING_REGION],
    ...["--setting", ...settings],
  ];
  return runAdmin(requirePortal().facts, ["region", "create", "openstack", ...flags], credentials);
}

test("a region is saved only when Keystone passes the check, from a password and radosgw's pair", async () => {
  const { password } = requireKeystone().user;
  const rgw = { rgwAccessKeyId: rig.admin.accessKeyId, rgwSecretAccessKey: rig.admin.secretAccessKey };
  await expect(createRegion(JSON.stringify({ password: "wrong", ...rgw }))).rejects.toThrow(
    /The region openstack was not saved: Keystone refuses latchkey: the name or password is wrong/,
  );
  await expect(createRegion(password)).rejects.toThrow(/rgwAdminUrl, rgwAccessKeyId and rgwSecretAccessKey are given together/);
  const list = () => runAdmin(requirePortal().facts, ["region", "list"]);
  expect(await list()).not.toContain("openstack");
  await createRegion(JSON.stringify({ password, ...rgw }));
  expect(await list()).toMatch(/openstack\s+keystone/);
});

test("the real tools work on a real Keystone's pairs, through regenerate, disable and enable", async ({ browser }) => {
  test.setTimeout(400_000);
  const { facts } = requirePortal();
  const context = await browser.newContext({ baseURL: facts.url });
  await signInByRequest(context, facts.url, personOf(facts, "member+"));
  const region = { name: "openstack", endpoint: rig.gateways[0]?.endpoint ?? "", signingRegion: SIGNING_REGION };
  const credentials = new CredentialsPage(await context.newPage(), { ...facts, regions: [region] });
  await credentials.open();
  await useToolsThroughEveryChange(credentials, "openstack");

  const last = await credentials.regenerate("openstack");
  await credentials.hideSecret();
  await expect.poll(() => readLiveKeyIds(), { timeout: 60_000 }).toEqual([last.accessKeyId]);
  const logs = [readGatewayLogs(rig.options.folder), readFileSync(join(rig.options.folder, "log/keystone.log"), "utf8")].join("\n");
  expect(logs.includes("PUT /aws-first")).toBe(true);
  const secrets = [last.secretAccessKey, requireKeystone().user.password, rig.admin.secretAccessKey];
  expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
  await context.close();
});

/** The ids of all keys of the portal's robots, read by OpenStack's own client. */
async function readLiveKeyIds(): Promise<string[]> {
  const { url, adminPassword } = requireKeystone();
  const ask = async <T>(args: string[]) => JSON.parse(await runOpenstack(url, adminPassword, [...args, "-f", "json"])) as T;
  const users = await ask<{ Name: string }[]>(["user", "list"]);
  const robots = users.filter(({ Name }) => Name.startsWith("lk-"));
  const keys = await Promise.all(robots.map(({ Name }) => ask<{ Access: string }[]>(["ec2", "credentials", "list", "--user", Name])));
  return keys.flat().map((key) => key.Access);
}
