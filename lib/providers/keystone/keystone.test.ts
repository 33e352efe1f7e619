import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { context, newPrincipal, newSecret, newSpec, type Traits } from "@/lib/providers/conformance/candidate";
import { describeConformance } from "@/lib/providers/conformance/suite";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";
import { findFreePorts } from "@/testing/ports";
import { runRadosgwAdmin } from "@/testing/rig/ceph";
import { runOpenstack } from "@/testing/rig/keystone";
import { connectKeystoneDriver, type KeystoneDriver, TEST_PASSWORD } from "@/testing/rig/keystone-driver";
import { signInToKeystone } from "@/testing/rig/keystone-seed";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const TRAITS: Traits = {
  choosesSecret: true,
  deactivate: "none",
  expiry: "none",
  readOnly: "none",
  suspends: true,
  readsSecrets: true,
  readsQuota: true,
  takesTrailers: false,
  hasIndistinctGateways: true,
};
const missing = findMissingPrograms(["openstack"]);
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(title, { timeout: RIG_TEST_MS }, () => {
  let rig: Rig;
  let keystone: KeystoneDriver;
  beforeAll(async () => {
    rig = await openSharedRig(["uncached"]);
    keystone = await connectKeystoneDriver(rig);
  }, RIG_STARTS_WITHIN_MS);

  /** Read with OpenStack's own client. */
  const readKeyIds = async (principal: string) => {
    const { url, adminPassword } = keystone.keystone;
    const command = ["ec2", "credentials", "list", "--user", principal, "--user-domain", "default", "-f", "json"];
    const rows = JSON.parse(await runOpenstack(url, adminPassword, command)) as { Access: string }[];
    return rows.map((row) => row.Access);
  };

  describeConformance("the Keystone driver", TRAITS, async () => ({
    provider: createKeystoneProvider(keystone.options),
    withWrongCredential: createKeystoneProvider({ ...keystone.options, password: new Secret("wrong") }),
    unreachable: createKeystoneProvider({
      ...keystone.options,
      identityUrl: `http://127.0.0.1:${await findFreePorts(1)}/v3`,
    }),
    readKeyIds,
    signingRegion: keystone.options.signingRegion,
    findings: {},
    stop: async () => {},
  }));

  describe("a principal", () => {
    test.each([
      ["its project", ["project"]],
      ["its robot", ["user"]],
      ["both, without the role", ["project", "user"]],
    ] as const)("of which only %s exists is completed", async (_what, kinds) => {
      const key = newSpec(newPrincipal());
      for (const kind of kinds)
        await keystone.admin.call("POST", `/${kind}s`, { [kind]: { name: key.principal, domain_id: "default" } });
      const provider = keystone.connect();
      await Promise.all([1, 2, 3].map(() => provider.ensurePrincipal(key.principal, "One", context())));
      await provider.putKey(key, context());
      expect(await keystone.probeAt("uncached", key)).toBe("accepted");
    });

    test("has the least role and no password", async () => {
      const { key } = await keystone.createKey();
      const robot = await keystone.findId("users", key.principal);
      type Assigned = { role_assignments: { role: { name: string }; scope: { project: { id: string } } }[] };
      const path = `/role_assignments?user.id=${robot}&include_names`;
      const { role_assignments: assigned } = await keystone.admin.call<Assigned>("GET", path);
      expect(assigned.map(({ role, scope }) => [role.name, scope.project.id])).toEqual([
        ["member", await keystone.findId("projects", key.principal)],
      ]);
      const { user } = await keystone.admin.call<{ user: { password_expires_at: unknown } }>("GET", `/users/${robot}`);
      expect(user.password_expires_at).toBeNull();
      for (const password of ["", key.principal, key.secretAccessKey.reveal()]) {
        await expect(signInToKeystone(keystone.keystone.url, key.principal, password, key.principal)).rejects.toThrow(
          "refused",
        );
      }
    });
  });

  test("another domain of the same Keystone passes the check and has none of the keys", async () => {
    const { key } = await keystone.createKey();
    const { domain } = await keystone.admin.call<{ domain: { id: string } }>("POST", "/domains", {
      domain: { name: "another" },
    });
    const other = keystone.connect({ domain: domain.id });
    await other.check(context());
    expect(await other.listKeys(key.principal, context())).toEqual([]);
    expect(await keystone.connect().listKeys(key.principal, context())).toHaveLength(1);
  });

  test("a key is neither removed nor read in the name of another principal", async () => {
    const { provider, key } = await keystone.createKey();
    const other = (await keystone.createKey()).key;
    expect(await provider.removeKey({ ...key, principal: other.principal }, context())).toBe("absent");
    expect(await provider.readSecret?.({ ...key, principal: other.principal }, context())).toBeUndefined();
    await expect(provider.removeKey({ ...key, principal: "lk-nobody" }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
    expect(await keystone.probeAt("uncached", key)).toBe("accepted");
  });

  test("the same id with another secret is a conflict, and the first secret still works", async () => {
    const { provider, key } = await keystone.createKey();
    await expect(provider.putKey({ ...key, secretAccessKey: newSecret() }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
    expect(await keystone.probeAt("uncached", key)).toBe("accepted");
  });

  test("a plain member as the service user is denied, and never sees an empty list", async () => {
    const { key } = await keystone.createKey();
    await keystone.createUser("plain", "member", "service");
    const plain = keystone.connect({ userName: "plain", password: new Secret(TEST_PASSWORD) });
    await expect(plain.check(context())).rejects.toThrow(
      "the user plain may not see users, projects and credentials: give it the role admin in service",
    );
    await expect(plain.listKeys(key.principal, context())).rejects.toMatchObject({ failure: "denied" });
    await expect(plain.removeKey(key, context())).rejects.toMatchObject({ failure: "denied" });
  });

  test("usage, buckets and quota are those of the project in radosgw", async () => {
    const { provider, key } = await keystone.createKey();
    const s3 = new S3Client({
      endpoint: rig.adminUrl,
      region: "default",
      forcePathStyle: true,
      credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey.reveal() },
    });
    await s3.send(new CreateBucketCommand({ Bucket: "a-bucket" }));
    for (const Key of ["a", "b"])
      await s3.send(new PutObjectCommand({ Bucket: "a-bucket", Key, Body: "x".repeat(1_000) }));
    expect(await provider.usage?.(key.principal, context())).toMatchObject({ buckets: 1, objects: 2, bytes: 2_000n });
    expect(await provider.listBuckets?.(key.principal, context())).toMatchObject([
      { name: "a-bucket", objects: 2, bytes: 2_000n },
    ]);
    const scope = ["--quota-scope=user", `--uid=${await keystone.findId("projects", key.principal)}`];
    await runRadosgwAdmin(rig.options.folder, ["quota", "set", ...scope, "--max-objects=7", "--max-size=1M"]);
    await runRadosgwAdmin(rig.options.folder, ["quota", "enable", ...scope]);
    expect(await provider.quota?.(key.principal, context())).toEqual({ bytes: 1_048_576n, objects: 7 });
    await expect(provider.usage?.("lk-nobody", context())).rejects.toMatchObject({ failure: "not-found" });
  });

  test("a caller that lost its lease while Keystone was asked for the principal creates no key", async () => {
    const { provider, key } = await keystone.createKey();
    const late = newSpec(key.principal);
    const putting = provider.putKey(late, { ...context(), mayWrite: async () => false });
    await expect(putting).rejects.toMatchObject({ failure: "unavailable" });
    expect(await readKeyIds(key.principal)).toEqual([key.accessKeyId]);
    await provider.putKey(late, { ...context(), mayWrite: async () => true });
    expect(await readKeyIds(key.principal)).toContain(late.accessKeyId);
  });
});
