import { randomUUID } from "node:crypto";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPair, runRadosgwAdmin, startGateway } from "@/testing/rig/ceph";
import { findFreePorts } from "@/testing/ports";
import { startOwnRig } from "@/testing/rig/own-rig";
import { stopProgram } from "@/testing/rig/processes";
import { findMissingPrograms, readGatewayLogs, type Rig } from "@/testing/rig/rig";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { logger } from "@/lib/platform/logger";
import { randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { callAdminOps } from "@/lib/providers/rgw-admin/admin-ops";
import { type CephRgwOptions, createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { calibrate } from "@/lib/providers/calibration";
import type { Traits } from "@/lib/providers/conformance/candidate";
import { describeConformance } from "@/lib/providers/conformance/suite";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";

const RIG_STARTS_WITHIN_MS = 180_000;
const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Ceph, skipped for want of ${missing.join(", ")}` : "a real Ceph";

describe.skipIf(missing.length > 0)(title, () => {
  let rig: Rig;
  let stop: () => Promise<void>;
  let nobodyListens: string;
  beforeAll(async () => {
    nobodyListens = `http://127.0.0.1:${await findFreePorts(1)}`;
    ({ rig, stop } = await startOwnRig(["cached", "uncached", "keystone-first"]));
  }, RIG_STARTS_WITHIN_MS);
  afterAll(() => stop());

  const context = () => ({ signal: AbortSignal.timeout(20_000), requestId: randomUUID() });
  /** Every secret that the storage system has made. */
  const issued: Secret[] = [];
  const remember = (provider: Provider): Provider => ({
    ...provider,
    async putKey(spec, call) {
      const secret = await provider.putKey(spec, call);
      issued.push(secret);
      return secret;
    },
  });
  const connect = (changes: Partial<CephRgwOptions> = {}) =>
    guard(remember(createCephRgwProvider({ ...optionsOf(rig), ...changes })), "ceph", logger);
  const ask = (args: string[]) => runRadosgwAdmin(rig.options.folder, args);
  const readKeyIds = async (principal: string) => {
    const user = JSON.parse(await ask(["user", "info", `--uid=${principal}`])) as { keys: { access_key: string }[] };
    return user.keys.map((key) => key.access_key);
  };
  const make = async () => {
    const provider = connect();
    const key = { principal: `lk-${randomUUID()}`, accessKeyId: composeAccessKeyId("TST", randomText) };
    await provider.ensurePrincipal(key.principal, "A project's name, with ' and (more)", context());
    const secretAccessKey = new Secret("never used");
    const secret = await provider.putKey({ ...key, secretAccessKey, tag: "none" }, context());
    return { provider, key, secret };
  };

  const traits: Traits = {
    choosesSecret: false,
    deactivate: "none",
    suspends: false,
    readsSecrets: true,
    readsQuota: true,
    hasIndistinctGateways: false,
  };
  describeConformance("the Ceph RGW driver", traits, async () => ({
    provider: remember(createCephRgwProvider(optionsOf(rig))),
    withWrongCredential: createCephRgwProvider({ ...optionsOf(rig), secretAccessKey: new Secret("x".repeat(40)) }),
    unreachable: createCephRgwProvider({ ...optionsOf(rig), adminUrl: nobodyListens }),
    readKeyIds,
    findings: { deactivate: "none" },
    stop: async () => {},
  }));

  test("an admin credential that is unknown is never read as the absence of a key", async () => {
    const { key, secret } = await make();
    for (const changes of [{ accessKeyId: "NOSUCHADMINKEYATALL0" }, { secretAccessKey: new Secret("x".repeat(40)) }]) {
      await expect(connect(changes).removeKey(key, context())).rejects.toMatchObject({ failure: "denied" });
      await expect(connect(changes).listKeys(key.principal, context())).rejects.toMatchObject({ failure: "denied" });
    }
    const [gateway] = connect().gateways();
    expect(await connect().probe(gateway ?? never(), key.accessKeyId, secret, context())).toBe("accepted");
  });

  test("a gateway that is asked with a pair while it is removed says that it refuses the key", async () => {
    const { provider, key, secret } = await make();
    const [gateway] = provider.gateways();
    const askWith = (tried: Secret) => provider.probe(gateway ?? never(), key.accessKeyId, tried, context());
    let removed = false;
    const users = Array.from({ length: 4 }, async () => {
      while (!removed) await askWith(secret);
    });
    await askWith(secret);
    await provider.removeKey(key, context());
    removed = true;
    await Promise.all(users);
    // It may keep what it read last for a quarter of an hour; either way the answer tells the key's end.
    expect(["refused-unknown", "denied"]).toContain(await askWith(new Secret("x".repeat(40))));
    expect(await askWith(secret)).not.toBe("accepted");
  });

  test("a key is not removed in the name of another principal", async () => {
    const { provider, key } = await make();
    const other = (await make()).key;
    expect(await provider.removeKey({ ...key, principal: other.principal }, context())).toBe("absent");
    expect(await readKeyIds(key.principal)).toEqual([key.accessKeyId]);
    expect(await readKeyIds(other.principal)).toEqual([other.accessKeyId]);
  });

  test("makes no key for somebody who may not write any more when the writes before theirs are done", async () => {
    const { provider, key } = await make();
    const putAfter = async (mayWrite: boolean) => {
      const ids = [1, 2].map(() => composeAccessKeyId("TST", randomText)) as [string, string];
      const spec = (accessKeyId: string) => ({
        principal: key.principal,
        accessKeyId,
        secretAccessKey: new Secret("never used"),
        tag: "none",
      });
      const first = provider.putKey(spec(ids[0]), context());
      const second = provider.putKey(spec(ids[1]), { ...context(), mayWrite: async () => mayWrite });
      const ended = await Promise.allSettled([first, second]);
      expect(ended[0].status).toBe("fulfilled");
      return { id: ids[1], ended: ended[1] };
    };
    const late = await putAfter(false);
    expect(late.ended).toMatchObject({ status: "rejected", reason: { failure: "unavailable" } });
    expect(await readKeyIds(key.principal)).not.toContain(late.id);
    const inTime = await putAfter(true);
    expect(await readKeyIds(key.principal)).toContain(inTime.id);
  });

  test("the key that the portal works with can be neither removed nor replaced", async () => {
    const own = { principal: "latchkey-admin", accessKeyId: rig.admin.accessKeyId };
    const spec = { ...own, secretAccessKey: new Secret("never used"), tag: "none" };
    await expect(connect().removeKey(own, context())).rejects.toMatchObject({ failure: "invalid" });
    await expect(connect().putKey(spec, context())).rejects.toMatchObject({ failure: "invalid" });
    await connect().check(context());
  });

  test("no list holds a secret, though every answer of the storage system does", async () => {
    const { provider, key, secret } = await make();
    const query = { uid: key.principal };
    const raw = await callAdminOps(optionsOf(rig), "GET", "user", query, context());
    expect(JSON.stringify(raw.body)).toContain(secret.reveal());
    expect(JSON.stringify(await provider.listKeys(key.principal, context()))).not.toContain(secret.reveal());
  });

  test("usage and buckets tell what was just written, and the quota what the operator set", async () => {
    const { provider, key, secret } = await make();
    const s3 = new S3Client({
      endpoint: rig.gateways[1]?.endpoint ?? "",
      region: "default",
      forcePathStyle: true,
      credentials: { accessKeyId: key.accessKeyId, secretAccessKey: secret.reveal() },
    });
    for (const Bucket of ["first-bucket", "second-bucket"]) await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ["a", "b", "c"])
      await s3.send(new PutObjectCommand({ Bucket: "first-bucket", Key, Body: "x".repeat(1_000) }));
    expect(await provider.usage?.(key.principal, context())).toMatchObject({ buckets: 2, objects: 3, bytes: 3_000n });
    const buckets = (await provider.listBuckets?.(key.principal, context())) ?? [];
    expect(buckets.map(({ name, objects, bytes }) => [name, objects, bytes]).sort()).toEqual([
      ["first-bucket", 3, 3_000n],
      ["second-bucket", 0, 0n],
    ]);
    expect(Math.abs(Date.now() - (buckets[0]?.createdAt.getTime() ?? 0))).toBeLessThan(120_000);
    await ask(["quota", "set", "--quota-scope=user", `--uid=${key.principal}`, "--max-objects=7", "--max-size=1M"]);
    await ask(["quota", "enable", "--quota-scope=user", `--uid=${key.principal}`]);
    expect(await provider.quota?.(key.principal, context())).toEqual({ bytes: 1_048_576n, objects: 7 });
    await expect(provider.usage?.("lk-nobody", context())).rejects.toMatchObject({ failure: "not-found" });
  });

  test("a throwaway key finds out how each gateway can be measured, and what an interrupted one left is removed", async () => {
    const provider = connect({ gateways: rig.gateways });
    const throwaway = { principal: "lk-calibration-tst-ceph", accessKeyId: composeAccessKeyId("TST", randomText) };
    await provider.ensurePrincipal(throwaway.principal, "left behind", context());
    const left = {
      ...throwaway,
      accessKeyId: composeAccessKeyId("TST", randomText),
      secretAccessKey: new Secret("unused"),
      tag: "",
    };
    await provider.putKey(left, context());
    const found = await calibrate(provider, throwaway, context());
    expect(rig.gateways.map(({ kind, endpoint }) => [kind, found[endpoint]])).toEqual([
      ["cached", "random-secret"],
      ["uncached", "random-secret"],
      ["keystone-first", "real-secret"],
    ]);
    expect(await readKeyIds(throwaway.principal)).toEqual([]);
  });

  describe("the check says what is wrong", () => {
    const complaint = (changes: Partial<CephRgwOptions>) =>
      connect(changes)
        .check(context())
        .then(
          () => "nothing",
          (error: unknown) => (error instanceof Error ? error.message : ""),
        );

    test("with the address or the credential", async () => {
      expect(await complaint({ secretAccessKey: new Secret("wrong") })).toBe(
        "the secret of the admin credential is wrong",
      );
      expect(await complaint({ accessKeyId: "NOSUCHADMINKEYATALL0" })).toBe(
        "the storage system refuses the admin credential",
      );
      expect(await complaint({ adminPath: "elsewhere" })).toMatch(/^no Admin Ops API answers at http:.*\/elsewhere$/);
      expect(await complaint({ adminUrl: nobodyListens })).toMatch(
        /^the storage system cannot be reached: nothing listens at 127.0.0.1:\d+$/,
      );
    });

    test("with the admin user's capabilities", async () => {
      const printed = await ask([
        "user",
        "create",
        "--uid=reader",
        "--display-name=Reader",
        "--caps=users=read;usage=*",
      ]);
      const { accessKeyId, secretAccessKey } = readPair(printed);
      expect(await complaint({ accessKeyId, secretAccessKey: new Secret(secretAccessKey) })).toBe(
        "the admin user reader lacks the capabilities users=write, buckets=read",
      );
    });

    test("with a gateway that does not answer", async () => {
      await stopProgram(rig.options.folder, "rgw.2");
      expect(await complaint({})).toMatch(/^rgw.2 at .* did not answer: nothing listens at/);
      startGateway(rig.options.folder, 1);
      await expect.poll(() => complaint({}), { timeout: 30_000 }).toBe("nothing");
    });
  });

  test("radosgw's logs hold the ids of keys and no secret, which a chosen one would leave there", async () => {
    const { key } = await make();
    await connect().removeKey(key, context());
    const chosen = randomText(40, "abcdefghij");
    const query = {
      key: "",
      uid: key.principal,
      "key-type": "s3",
      "access-key": "CHOSEN",
      "secret-key": chosen,
      "generate-key": "false",
    };
    await callAdminOps(optionsOf(rig), "PUT", "user", query, context());
    await expect.poll(() => readGatewayLogs(rig.options.folder), { timeout: 30_000 }).toContain(chosen);
    const logs = readGatewayLogs(rig.options.folder);
    expect(logs).toContain(key.accessKeyId);
    expect(issued.length).toBeGreaterThan(20);
    expect(issued.filter((secret) => logs.includes(secret.reveal()))).toEqual([]);
    expect(logs).not.toContain(rig.admin.secretAccessKey);
  });
});

function optionsOf(rig: Rig): CephRgwOptions {
  return {
    adminUrl: rig.adminUrl,
    adminPath: "admin",
    signingRegion: "default",
    accessKeyId: rig.admin.accessKeyId,
    secretAccessKey: new Secret(rig.admin.secretAccessKey),
    gateways: rig.gateways.filter(({ kind }) => kind !== "keystone-first"),
    cacheSeconds: 900,
    deactivate: "none",
  };
}

function never(): never {
  throw new Error("there is no gateway");
}
