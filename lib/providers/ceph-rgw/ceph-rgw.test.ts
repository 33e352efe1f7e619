import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, test } from "vitest";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { calibrate } from "@/lib/providers/calibration";
import { createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { context, newSpec, type Traits } from "@/lib/providers/conformance/candidate";
import { describeConformance } from "@/lib/providers/conformance/suite";
import { callAdminOps } from "@/lib/providers/rgw-admin/admin-ops";
import { findFreePorts } from "@/testing/ports";
import { type CephDriver, connectCephDriver } from "@/testing/rig/ceph-driver";
import { rememberSecrets } from "@/testing/rig/remember-secrets";
import { findMissingPrograms, readGatewayLogs, type Rig } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const TRAITS: Traits = {
  choosesSecret: false,
  deactivate: "none",
  expiry: "none",
  readOnly: "objects",
  suspends: false,
  readsSecrets: true,
  readsQuota: true,
  takesTrailers: false,
  hasIndistinctGateways: false,
};
const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Ceph, skipped for want of ${missing.join(", ")}` : "a real Ceph";

describe.skipIf(missing.length > 0)(title, { timeout: RIG_TEST_MS }, () => {
  let rig: Rig;
  let ceph: CephDriver;
  beforeAll(async () => {
    rig = await openSharedRig(["cached", "uncached", "keystone-first"]);
    ceph = connectCephDriver(rig);
  }, RIG_STARTS_WITHIN_MS);
  const firstGateway = () => ceph.options.gateways[0] ?? never();

  describeConformance("the Ceph RGW driver", TRAITS, async () => ({
    provider: rememberSecrets(createCephRgwProvider(ceph.options), ceph.issued),
    withWrongCredential: createCephRgwProvider({ ...ceph.options, secretAccessKey: new Secret("x".repeat(40)) }),
    unreachable: createCephRgwProvider({
      ...ceph.options,
      adminUrl: `http://127.0.0.1:${await findFreePorts(1)}`,
    }),
    readKeyIds: ceph.readKeyIds,
    readSubusers: ceph.readSubusers,
    signingRegion: ceph.options.signingRegion,
    findings: { deactivate: "none" },
    stop: async () => {},
  }));

  test("a refused admin credential is never read as the absence of a key", async () => {
    const { key, secret } = await ceph.createKey();
    for (const changes of [{ accessKeyId: "NOSUCHADMINKEYATALL0" }, { secretAccessKey: new Secret("x".repeat(40)) }]) {
      const provider = ceph.connect(changes);
      await expect(provider.removeKey(key, context())).rejects.toMatchObject({ failure: "denied" });
      await expect(provider.listKeys(key.principal, context())).rejects.toMatchObject({ failure: "denied" });
    }
    expect(await ceph.connect().probe(firstGateway(), key.accessKeyId, secret, context())).toBe("accepted");
  });

  test("a key that is used during its removal is refused after it", async () => {
    const { provider, key, secret } = await ceph.createKey();
    const probeWith = (tried: Secret) => provider.probe(firstGateway(), key.accessKeyId, tried, context());
    let removed = false;
    const users = Array.from({ length: 4 }, async () => {
      while (!removed) await probeWith(secret);
    });
    await probeWith(secret);
    await provider.removeKey(key, context());
    removed = true;
    await Promise.all(users);
    // The gateway may cache what it read last for a quarter of an hour: both answers are refusals of the key.
    expect(["refused-unknown", "denied"]).toContain(await probeWith(new Secret("x".repeat(40))));
    expect(await probeWith(secret)).not.toBe("accepted");
  });

  test("a key is not removed in the name of another principal", async () => {
    const { provider, key } = await ceph.createKey();
    const other = (await ceph.createKey()).key;
    expect(await provider.removeKey({ ...key, principal: other.principal }, context())).toBe("absent");
    expect(await ceph.readKeyIds(key.principal)).toEqual([key.accessKeyId]);
    expect(await ceph.readKeyIds(other.principal)).toEqual([other.accessKeyId]);
  });

  test("a caller that lost its lease while it waited for another write creates no key", async () => {
    const { provider, key } = await ceph.createKey();
    const putAfterAnother = async (mayWrite: boolean) => {
      const first = provider.putKey(newSpec(key.principal), context());
      const spec = newSpec(key.principal);
      const second = provider.putKey(spec, { ...context(), mayWrite: async () => mayWrite });
      const [, ended] = await Promise.allSettled([first, second]);
      await first;
      return { id: spec.accessKeyId, ended };
    };
    const late = await putAfterAnother(false);
    expect(late.ended).toMatchObject({ status: "rejected", reason: { failure: "unavailable" } });
    expect(await ceph.readKeyIds(key.principal)).not.toContain(late.id);
    const inTime = await putAfterAnother(true);
    expect(await ceph.readKeyIds(key.principal)).toContain(inTime.id);
  });

  test("the key that the portal works with can be neither removed nor replaced", async () => {
    const own = { ...newSpec("latchkey-admin"), accessKeyId: rig.admin.accessKeyId };
    await expect(ceph.connect().removeKey(own, context())).rejects.toMatchObject({ failure: "invalid" });
    await expect(ceph.connect().putKey(own, context())).rejects.toMatchObject({ failure: "invalid" });
    await ceph.connect().check(context());
  });

  test("no list holds a secret, though every answer of the storage system does", async () => {
    const { provider, key, secret } = await ceph.createKey();
    const query = { uid: key.principal };
    const raw = await callAdminOps(ceph.options, "GET", "user", query, context());
    expect(JSON.stringify(raw.body)).toContain(secret.reveal());
    expect(JSON.stringify(await provider.listKeys(key.principal, context()))).not.toContain(secret.reveal());
  });

  test("usage and buckets show what was just written, and the quota what the operator set", async () => {
    const { provider, key, secret } = await ceph.createKey();
    const s3 = new S3Client({
      endpoint: rig.gateways[1]?.endpoint ?? "",
      region: "default",
      forcePathStyle: true,
      credentials: { accessKeyId: key.accessKeyId, secretAccessKey: secret.reveal() },
    });
    for (const Bucket of ["first-bucket", "second-bucket"]) await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ["a", "b", "c"])
      await s3.send(new PutObjectCommand({ Bucket: "first-bucket", Key, Body: "x".repeat(1_000) }));
    // Ceph counts an object a moment after it has answered the write.
    await expect
      .poll(() => provider.usage?.(key.principal, context()), { timeout: 30_000 })
      .toMatchObject({ buckets: 2, objects: 3, bytes: 3_000n });
    const buckets = (await provider.listBuckets?.(key.principal, context())) ?? [];
    expect(buckets.map(({ name, objects, bytes }) => [name, objects, bytes]).sort()).toEqual([
      ["first-bucket", 3, 3_000n],
      ["second-bucket", 0, 0n],
    ]);
    expect(Math.abs(Date.now() - (buckets[0]?.createdAt.getTime() ?? 0))).toBeLessThan(120_000);
    const scope = ["--quota-scope=user", `--uid=${key.principal}`];
    await ceph.runAdmin(["quota", "set", ...scope, "--max-objects=7", "--max-size=1M"]);
    await ceph.runAdmin(["quota", "enable", ...scope]);
    expect(await provider.quota?.(key.principal, context())).toEqual({ bytes: 1_048_576n, objects: 7 });
    await expect(provider.usage?.("lk-nobody", context())).rejects.toMatchObject({ failure: "not-found" });
  });

  test("a calibration finds out how each gateway can be measured, and removes the key of an interrupted one", async () => {
    const provider = ceph.connect({ gateways: rig.gateways });
    const throwaway = { principal: "lk-calibration-tst-ceph", accessKeyId: composeAccessKeyId("TST", randomText) };
    await provider.ensurePrincipal(throwaway.principal, "left behind", context());
    await provider.putKey(newSpec(throwaway.principal), context());
    const found = await calibrate(provider, throwaway, context());
    expect(rig.gateways.map(({ kind, endpoint }) => [kind, found[endpoint]])).toEqual([
      ["cached", "random-secret"],
      ["uncached", "random-secret"],
      ["keystone-first", "real-secret"],
    ]);
    expect(await ceph.readKeyIds(throwaway.principal)).toEqual([]);
  });

  test("radosgw's logs hold the ids of keys and no secret; they would hold a secret that the portal chose", async () => {
    const { key } = await ceph.createKey();
    await ceph.connect().removeKey(key, context());
    const chosen = randomText(40, "abcdefghij");
    const query = {
      key: "",
      uid: key.principal,
      "key-type": "s3",
      "access-key": "CHOSEN",
      "secret-key": chosen,
      "generate-key": "false",
    };
    await callAdminOps(ceph.options, "PUT", "user", query, context());
    await expect.poll(() => readGatewayLogs(rig.options.folder), { timeout: 30_000 }).toContain(chosen);
    const logs = readGatewayLogs(rig.options.folder);
    expect(logs).toContain(key.accessKeyId);
    expect(ceph.issued.length).toBeGreaterThan(20);
    expect(ceph.issued.filter((secret) => logs.includes(secret.reveal()))).toEqual([]);
    expect(logs).not.toContain(rig.admin.secretAccessKey);
  });
});

function never(): never {
  throw new Error("there is no gateway");
}
