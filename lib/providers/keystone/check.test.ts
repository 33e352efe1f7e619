import { beforeAll, describe, expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { context } from "@/lib/providers/conformance/candidate";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";
import { findFreePorts } from "@/testing/ports";
import { readAccessKey, runRadosgwAdmin } from "@/testing/rig/ceph";
import { connectKeystoneDriver, type KeystoneDriver } from "@/testing/rig/keystone-driver";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(`${title}: the check names what is wrong,`, { timeout: RIG_TEST_MS }, () => {
  let rig: Rig;
  let keystone: KeystoneDriver;
  let unreachable: string;
  beforeAll(async () => {
    rig = await openSharedRig(["uncached", "cached"]);
    keystone = await connectKeystoneDriver(rig);
    unreachable = `http://127.0.0.1:${await findFreePorts(1)}`;
  }, RIG_STARTS_WITHIN_MS);

  const check = (changes: Partial<KeystoneOptions>) =>
    keystone
      .connect(changes)
      .check(context())
      .then(
        () => "nothing",
        (error: unknown) => (error instanceof Error ? error.message : ""),
      );

  test("the address, the credential, the domain or the role", async () => {
    expect(await check({})).toBe("nothing");
    expect(await check({ identityUrl: `${unreachable}/v3` })).toMatch(
      /^Keystone does not answer: nothing listens at 127.0.0.1:\d+$/,
    );
    expect(await check({ identityUrl: `${rig.adminUrl}/v3` })).toMatch(/^no Keystone answers at http:.*\/v3 \(40\d\)$/);
    const refused = "Keystone refuses latchkey: the name or password is wrong, or there is no role in";
    expect(await check({ password: new Secret("wrong") })).toBe(`${refused} service`);
    expect(await check({ projectName: "admin" })).toBe(`${refused} admin`);
    expect(await check({ domain: "elsewhere" })).toBe("Keystone has no domain with the id elsewhere");
    expect(await check({ role: "no-such-role" })).toBe("Keystone has no role no-such-role");
  });

  test("the access to radosgw", async () => {
    const command = ["user", "create", "--uid=keystone-reader", "--display-name=Reader", "--caps=users=read"];
    const { accessKeyId, secretAccessKey } = readAccessKey(await runRadosgwAdmin(rig.options.folder, command));
    const rgw = { ...(keystone.options.rgw ?? never()), accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
    const lacks = "the admin user keystone-reader lacks the capabilities";
    expect(await check({ rgw })).toBe(`${lacks} buckets=read, users=write`);
    expect(await check({ rgw, exclusive: false })).toBe(`${lacks} buckets=read`);
  });

  test("a gateway that does not answer", async () => {
    const gateways = [...keystone.options.gateways, { name: "another gateway", endpoint: unreachable }];
    expect(await check({ gateways })).toMatch(/^another gateway at http:.* did not answer/);
  });

  test("and warns of what may be wrong", async () => {
    const warningsOf = async (changes: Partial<KeystoneOptions>) =>
      (await keystone.connect(changes).check(context())).warnings;
    expect(await warningsOf({ keystoneRelease: "patched" })).toEqual([]);
    expect(await warningsOf({})).toEqual([expect.stringContaining("CVE-2026-42999")]);
    // Keystone's catalogue has the address of the first gateway.
    const gateways = rig.gateways.filter(({ kind }) => kind === "cached");
    const { endpoint = "" } = gateways[0] ?? {};
    expect(await warningsOf({ keystoneRelease: "patched", gateways, endpoint })).toEqual([
      `Keystone's catalogue names other S3 addresses than the region's: ${rig.gateways[0]?.endpoint}`,
    ]);
  });
});

function never(): never {
  throw new Error("the driver has no access to radosgw");
}
