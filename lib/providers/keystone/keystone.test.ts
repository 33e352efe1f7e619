import { afterAll, beforeAll, describe } from "vitest";
import { findFreePorts } from "@/e2e/fixtures/ports";
import { runOpenstack } from "@/e2e/rig/keystone";
import { startOwnRig } from "@/e2e/rig/own-rig";
import { findMissingPrograms, type Rig } from "@/e2e/rig/rig";
import { Secret } from "@/lib/platform/secret";
import { describeConformance } from "@/lib/providers/conformance";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";

const RIG_STARTS_WITHIN_MS = 180_000;
const missing = findMissingPrograms(["openstack"]);
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(title, () => {
  let rig: Rig;
  let stop: () => Promise<void>;
  let nobodyListens: string;
  beforeAll(async () => {
    nobodyListens = `http://127.0.0.1:${await findFreePorts(1)}/v3`;
    ({ rig, stop } = await startOwnRig(["uncached", "cached"]));
  }, RIG_STARTS_WITHIN_MS);
  afterAll(() => stop());

  const ask = (args: string[]) => runOpenstack(requireKeystone(rig).url, requireKeystone(rig).adminPassword, args);
  const readKeyIds = async (principal: string) => {
    const listed = await ask(["ec2", "credentials", "list", "--user", principal, "--user-domain", "default", "-f", "json"]);
    return (JSON.parse(listed) as { Access: string }[]).map((row) => row.Access);
  };

  describeConformance("the Keystone driver", async () => ({
    provider: createKeystoneProvider(optionsOf(rig)),
    withWrongCredential: createKeystoneProvider({ ...optionsOf(rig), password: new Secret("wrong") }),
    unreachable: createKeystoneProvider({ ...optionsOf(rig), identityUrl: nobodyListens }),
    readKeyIds,
    answersAlike: true,
    findings: {},
    stop: async () => {},
  }));
});

function optionsOf(rig: Rig): KeystoneOptions {
  const { url, user } = requireKeystone(rig);
  return {
    identityUrl: url,
    userName: user.userName,
    userDomain: "Default",
    projectName: user.projectName,
    projectDomain: "Default",
    password: new Secret(user.password),
    domain: "default",
    role: "member",
    signingRegion: "default",
    endpoint: rig.gateways[0]?.endpoint ?? "",
    // One that caches goes on accepting a removed pair for 300 s.
    gateways: rig.gateways.filter(({ kind }) => kind === "uncached"),
    cacheSeconds: 0,
    keystoneRelease: undefined,
    rgw: {
      adminUrl: rig.adminUrl,
      adminPath: "admin",
      signingRegion: "default",
      accessKeyId: rig.admin.accessKeyId,
      secretAccessKey: new Secret(rig.admin.secretAccessKey),
    },
    exclusive: true,
  };
}

function requireKeystone(rig: Rig): NonNullable<Rig["keystone"]> {
  if (!rig.keystone) throw new Error("the rig has no Keystone");
  return rig.keystone;
}
