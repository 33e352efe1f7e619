import { beforeAll, describe, expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";
import type { CephRgwOptions } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { context } from "@/lib/providers/conformance/candidate";
import { findFreePorts } from "@/testing/ports";
import { readAccessKey } from "@/testing/rig/ceph";
import { type CephDriver, connectCephDriver } from "@/testing/rig/ceph-driver";
import { findMissingPrograms } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Ceph, skipped for want of ${missing.join(", ")}` : "a real Ceph";

describe.skipIf(missing.length > 0)(`${title}: the check names what is wrong,`, { timeout: RIG_TEST_MS }, () => {
  let ceph: CephDriver;
  let unreachable: string;
  beforeAll(async () => {
    ceph = connectCephDriver(await openSharedRig(["cached", "uncached"]));
    unreachable = `http://127.0.0.1:${await findFreePorts(1)}`;
  }, RIG_STARTS_WITHIN_MS);

  const check = (changes: Partial<CephRgwOptions>) =>
    ceph
      .connect(changes)
      .check(context())
      .then(
        () => "nothing",
        (error: unknown) => (error instanceof Error ? error.message : ""),
      );

  test("nothing", async () => {
    expect(await check({})).toBe("nothing");
  });

  test("the address or the credential", async () => {
    expect(await check({ secretAccessKey: new Secret("wrong") })).toBe("the secret of the admin credential is wrong");
    expect(await check({ accessKeyId: "NOSUCHADMINKEYATALL0" })).toBe(
      "the storage system refuses the admin credential",
    );
    expect(await check({ adminPath: "elsewhere" })).toMatch(/^no Admin Ops API answers at http:.*\/elsewhere$/);
    expect(await check({ adminUrl: unreachable })).toMatch(
      /^the storage system cannot be reached: nothing listens at 127.0.0.1:\d+$/,
    );
  });

  test("the admin user's capabilities", async () => {
    const caps = "--caps=users=read;usage=*";
    const printed = await ceph.runAdmin(["user", "create", "--uid=ceph-reader", "--display-name=Reader", caps]);
    const { accessKeyId, secretAccessKey } = readAccessKey(printed);
    expect(await check({ accessKeyId, secretAccessKey: new Secret(secretAccessKey) })).toBe(
      "the admin user ceph-reader lacks the capabilities users=write, buckets=read",
    );
  });

  test("a gateway that does not answer", async () => {
    const gateways = [...ceph.options.gateways, { name: "another gateway", endpoint: unreachable }];
    expect(await check({ gateways })).toMatch(/^another gateway at .* did not answer: nothing listens at/);
  });
});
