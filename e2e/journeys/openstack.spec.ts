import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import { expectDeadKeysStayDead } from "./cached-keys";
import type { PortalFacts } from "../fixtures/portal";
import { CredentialsPage } from "../fixtures/credentials-page";
import { SIGNING_REGION, testOnRig } from "../fixtures/rig-test";
import { expect } from "../fixtures/test";
import { testEveryJourney } from "./every-journey";
import { useToolsThroughEveryChange } from "./tools";
import { runOpenstack } from "@/testing/rig/keystone";
import { findMissingPrograms, readGatewayLogs, type Rig, type RigKeystone } from "@/testing/rig/rig";

const missing = findMissingPrograms(["openstack"]);
// A gateway with a cache accepts a removed key for 300 s. Only the last test uses it.
const test = testOnRig("openstack", ["uncached", "cached"]);

test.describe.configure({ mode: "serial" });
test.skip(missing.length > 0, `a real Keystone needs ${missing.join(", ")}`);

test("a region is saved only when Keystone passes the check, from a password and radosgw's key", async ({
  rig,
  portal,
}) => {
  const { user } = requireKeystone(rig);
  const create = (secrets: string) => createRegion(portal, rig, secrets);
  const list = () => runAdmin(portal, ["region", "list"]);
  const rgw = rgwCredentials(rig);
  await expect(create(JSON.stringify({ password: "wrong", ...rgw }))).rejects.toThrow(
    /The region openstack was not saved: Keystone refuses latchkey: the name or password is wrong/,
  );
  await expect(create(user.password)).rejects.toThrow(
    /rgwAdminUrl, rgwAccessKeyId and rgwSecretAccessKey must be given together/,
  );
  expect(await list()).not.toContain("openstack");
  await create(JSON.stringify({ password: user.password, ...rgw }));
  expect(await list()).toMatch(/openstack\s+keystone/);
});

testEveryJourney(test, "openstack");

test("the real tools work on a real Keystone's keys, through regenerate, disable and enable", async ({
  rig,
  portal,
  openAs,
}) => {
  const credentials = new CredentialsPage(await openAs("member+"), portal);
  await credentials.open();
  await useToolsThroughEveryChange(credentials, "openstack");

  const last = await credentials.regenerate("openstack");
  await credentials.hideSecret();
  await expect.poll(() => readLiveKeyIds(requireKeystone(rig)), { timeout: 180_000 }).toEqual([last.accessKeyId]);
  const logs = [
    readGatewayLogs(rig.options.folder),
    readFileSync(join(rig.options.folder, "log/keystone.log"), "utf8"),
  ].join("\n");
  expect(logs.includes("PUT /aws-first")).toBe(true);
  const secrets = [last.secretAccessKey, requireKeystone(rig).user.password, rig.admin.secretAccessKey];
  expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
});

test("with several keys at a gateway with a cache, a key that was called dead never works again", async ({
  rig,
  portal,
}) => {
  const endpoint = rig.gateways[1]?.endpoint ?? "";
  // With a cache the portal has to suspend a project, and may do so.
  const settings = ["--setting", "cacheSeconds=300", "exclusive=true"];
  await runAdmin(portal, ["region", "change", "openstack", "--endpoint", endpoint, ...settings]);
  await expectDeadKeysStayDead(portal, "openstack", endpoint);
});

/** Adds the region `openstack` at the rig's gateway without a cache. */
function createRegion(portal: PortalFacts, rig: Rig, secrets: string): Promise<string> {
  const { url, user } = requireKeystone(rig);
  const flags = [
    ...["--provider", "keystone", "--endpoint", rig.gateways[0]?.endpoint ?? ""],
    ...["--signing-region", SIGNING_REGION],
    ...["--setting", `identityUrl=${url}`, `userName=${user.userName}`, `projectName=${user.projectName}`],
    ...["role=member+", `rgwAdminUrl=${rig.adminUrl}`],
    "cacheSeconds=0",
  ];
  return runAdmin(portal, ["region", "create", "openstack", ...flags], secrets);
}

const rgwCredentials = ({ admin }: Rig) => ({
  rgwAccessKeyId: admin.accessKeyId,
  rgwSecretAccessKey: admin.secretAccessKey,
});

function requireKeystone({ keystone }: Rig): RigKeystone {
  if (!keystone) throw new Error("the rig has no Keystone");
  return keystone;
}

/** The ids of all keys of the portal's Keystone users, read with OpenStack's own client. */
async function readLiveKeyIds({ url, adminPassword }: RigKeystone): Promise<string[]> {
  const ask = async <T>(args: string[]) =>
    JSON.parse(await runOpenstack(url, adminPassword, [...args, "-f", "json"])) as T;
  const users = await ask<{ Name: string }[]>(["user", "list"]);
  const ours = users.filter(({ Name }) => Name.startsWith("lk-"));
  const keys = await Promise.all(
    ours.map(({ Name }) => ask<{ Access: string }[]>(["ec2", "credentials", "list", "--user", Name])),
  );
  return keys.flat().map((key) => key.Access);
}
