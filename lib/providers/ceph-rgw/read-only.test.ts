import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { Secret } from "@/lib/platform/secret";
import { context, newPrincipal, newSpec } from "@/lib/providers/conformance/candidate";
import { expectAnswer } from "@/lib/providers/conformance/probes";
import type { KeyRef, PutKeySpec } from "@/lib/providers/provider";
import { type CephDriver, connectCephDriver } from "@/testing/rig/ceph-driver";
import { findMissingPrograms } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Ceph, skipped for want of ${missing.join(", ")}` : "a real Ceph";

/** What the conformance suite cannot ask for: subusers that somebody made past the portal, or that a crash left. */
describe.skipIf(missing.length > 0)(title, { timeout: RIG_TEST_MS }, () => {
  let ceph: CephDriver;
  beforeAll(async () => {
    ceph = connectCephDriver(await openSharedRig(["cached", "uncached"]));
  }, RIG_STARTS_WITHIN_MS);

  const createReadOnlySpec = async (): Promise<PutKeySpec> => {
    const spec = { ...newSpec(newPrincipal()), access: "read-only" as const };
    await ceph.connect().ensurePrincipal(spec.principal, "One", context());
    return spec;
  };
  const createSubuser = (key: KeyRef, name: string, access: string, more: string[] = []) =>
    ceph.runAdmin([
      "subuser",
      "create",
      `--uid=${key.principal}`,
      `--subuser=${key.principal}:${name}`,
      `--access=${access}`,
      ...more,
    ]);
  const s3Key = (key: KeyRef) => ["--key-type=s3", `--access-key=${key.accessKeyId}`, "--gen-secret"];
  const readSecret = (key: KeyRef): Promise<Secret | undefined> =>
    ceph.connect().readSecret?.(key, context()) ?? Promise.resolve(undefined);

  test("a subuser whose key was never made is removed all the same", async () => {
    const key = await createReadOnlySpec();
    await createSubuser(key, key.accessKeyId, "read", ["--key-type=s3"]);
    await ceph.runAdmin(["key", "rm", `--uid=${key.principal}`, "--key-type=s3", ...(await readAccessKeyArgs(key))]);
    expect(await ceph.readKeyIds(key.principal)).toEqual([]);
    expect(await ceph.readSubusers(key.principal)).toEqual([`${key.principal}:${key.accessKeyId}`]);
    expect(await ceph.connect().removeKey(key, context())).toBe("absent");
    expect(await ceph.readSubusers(key.principal)).toEqual([]);
  });

  test("a subuser that lost its key gets one", async () => {
    const key = await createReadOnlySpec();
    const provider = ceph.connect();
    await provider.putKey(key, context());
    await ceph.runAdmin(["key", "rm", `--uid=${key.principal}`, "--key-type=s3", `--access-key=${key.accessKeyId}`]);
    const secret = await provider.putKey(key, context());
    await expectAnswer(provider, key.accessKeyId, secret, "accepted");
  });

  test.each(["full", "write", "readwrite"])("a subuser of this name with access %s is a conflict", async (access) => {
    const key = await createReadOnlySpec();
    await createSubuser(key, key.accessKeyId, access, s3Key(key));
    const before = await readSecret(key);
    await expect(ceph.connect().putKey(key, context())).rejects.toMatchObject({ failure: "conflict" });
    expect((await readSecret(key))?.reveal()).toBe(before?.reveal());
  });

  test("the key of another subuser is a conflict, keeps its secret and is told apart in the list", async () => {
    const key = await createReadOnlySpec();
    await createSubuser(key, "other", "readwrite", s3Key(key));
    const before = await readSecret(key);
    await expect(ceph.connect().putKey(key, context())).rejects.toMatchObject({ failure: "conflict" });
    expect((await readSecret(key))?.reveal()).toBe(before?.reveal());
    expect(await ceph.readSubusers(key.principal)).toEqual([`${key.principal}:other`]);
    expect(await ceph.connect().listKeys(key.principal, context())).toMatchObject([{ access: undefined }]);
  });

  test("ten read-only keys that are created and removed at once leave nothing", async () => {
    const first = await createReadOnlySpec();
    const provider = ceph.connect();
    const keys = Array.from({ length: 10 }, () => ({ ...newSpec(first.principal), access: "read-only" as const }));
    await Promise.all(keys.map((key) => provider.putKey(key, context())));
    expect(await ceph.readKeyIds(first.principal)).toHaveLength(10);
    expect(await Promise.all(keys.map((key) => provider.removeKey(key, context())))).toEqual(keys.map(() => "removed"));
    expect(await ceph.readKeyIds(first.principal)).toEqual([]);
    expect(await ceph.readSubusers(first.principal)).toEqual([]);
  });

  test("a caller that lost its lease while Ceph was asked for the user makes nothing", async () => {
    const key = await createReadOnlySpec();
    const putting = ceph.connect().putKey(key, { ...context(), mayWrite: async () => false });
    await expect(putting).rejects.toMatchObject({ failure: "unavailable" });
    expect(await ceph.readSubusers(key.principal)).toEqual([]);
    expect(await ceph.readKeyIds(key.principal)).toEqual([]);
  });

  test("the page about Ceph says what a read-only key may do", async () => {
    const provider = ceph.connect();
    const reader = await createReadOnlySpec();
    const writer = newSpec(reader.principal);
    const [full, readOnly] = [await provider.putKey(writer, context()), await provider.putKey(reader, context())];
    const connect = ({ accessKeyId }: KeyRef, secret: Secret) =>
      new S3Client({
        endpoint: provider.gateways()[0]?.endpoint ?? "",
        region: "default",
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId, secretAccessKey: secret.reveal() },
      });
    const [owner, s3] = [connect(writer, full), connect(reader, readOnly)];
    const Bucket = `bucket-${randomUUID()}`;
    const object = { Bucket, Key: "kept" };
    await owner.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    await owner.send(new PutObjectCommand({ ...object, Body: "content" }));
    const { UploadId } = await owner.send(new CreateMultipartUploadCommand(object));
    const status = (sent: Promise<{ $metadata: { httpStatusCode?: number } }>) =>
      sent.then(
        ({ $metadata }) => $metadata.httpStatusCode,
        (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
      );
    const Tagging = { TagSet: [{ Key: "a", Value: "b" }] };
    const upload = { ...object, UploadId };
    const refused = await Promise.all([
      status(s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/kept` }))),
      status(s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "kept" }] } }))),
      status(s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "other" }))),
      status(s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "part" }))),
      status(s3.send(new AbortMultipartUploadCommand(upload))),
      status(s3.send(new PutObjectTaggingCommand({ ...object, Tagging }))),
      status(s3.send(new PutObjectAclCommand({ ...object, ACL: "public-read" }))),
      status(s3.send(new PutObjectLegalHoldCommand({ ...object, LegalHold: { Status: "ON" } }))),
      status(s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }))),
      status(s3.send(new PutBucketPolicyCommand({ Bucket, Policy: "{}" }))),
      status(s3.send(new DeleteBucketLifecycleCommand({ Bucket }))),
      status(s3.send(new GetBucketPolicyCommand({ Bucket }))),
      status(s3.send(new GetObjectAclCommand(object))),
      status(s3.send(new DeleteBucketCommand({ Bucket }))),
    ]);
    expect(refused).toEqual(refused.map(() => 403));
    const Rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
    const CORSConfiguration = { CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] };
    const VersioningConfiguration = { Status: "Enabled" } as const;
    const RequestPaymentConfiguration = { Payer: "BucketOwner" } as const;
    // One after another, since all but the first change the same bucket.
    const changes = [
      () => s3.send(new CreateBucketCommand({ Bucket: `bucket-${randomUUID()}` })),
      () => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
      () => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration })),
      () => s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration })),
      () => s3.send(new PutBucketTaggingCommand({ Bucket, Tagging })),
      () => s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration })),
    ];
    for (const change of changes) expect(await status(change())).toBe(200);
  });

  /** The option that names the key which radosgw-admin gave to the only subuser. */
  async function readAccessKeyArgs(key: KeyRef): Promise<string[]> {
    return (await ceph.readKeyIds(key.principal)).map((id) => `--access-key=${id}`);
  }
});
