import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { type Candidate, context, newPrincipal, newSpec, type Traits } from "@/lib/providers/conformance/candidate";
import { expectAnswer } from "@/lib/providers/conformance/probes";
import { testWhere } from "@/lib/providers/conformance/test-where";
import { guard } from "@/lib/providers/guard";
import type { AccessLevel, Provider, PutKeySpec } from "@/lib/providers/provider";

const Key = "an-object";
const DENIED = { $metadata: { httpStatusCode: 403 }, Code: "AccessDenied" };

interface IssuedKey {
  spec: PutKeySpec;
  secret: Secret;
}

/** The part of the suite about access levels. `candidate` is called when a test runs. */
export function describeReadOnly(traits: Traits, candidate: () => Candidate): void {
  const open = () => guard(candidate().provider, "conformance", logger);

  testWhere(traits.readOnly === "none", "a read-only key is refused, and none is made", async () => {
    const provider = open();
    const principal = await createPrincipal(provider);
    await expect(putKey(provider, principal, "read-only")).rejects.toMatchObject({ failure: "invalid" });
    expect(await candidate().readKeyIds(principal)).toEqual([]);
  });

  if (traits.readOnly === "none") return;

  test("a read-only key lists and reads at every gateway, and may not write objects", async () => {
    const provider = open();
    const { principal, Bucket } = await createStock(candidate(), provider);
    const reader = await putKey(provider, principal, "read-only");
    await expectAnswer(provider, reader.spec.accessKeyId, reader.secret, "accepted");
    for (const { endpoint } of provider.gateways()) {
      const s3 = connectS3(candidate(), endpoint, reader);
      expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
      expect(Contents?.map((object) => object.Key)).toEqual([Key]);
      await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: "other" }))).rejects.toMatchObject(DENIED);
      await expect(s3.send(new DeleteObjectCommand({ Bucket, Key }))).rejects.toMatchObject(DENIED);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(await Body?.transformToString()).toBe("content");
    }
  });

  testWhere(traits.readOnly === "all", "a read-only key may not create a bucket", async () => {
    await expect(createBucketReadOnly(candidate(), open())).rejects.toMatchObject(DENIED);
  });

  testWhere(traits.readOnly === "objects", "a read-only key may create a bucket, as the capability says", async () => {
    await createBucketReadOnly(candidate(), open());
  });

  test("a key is listed with its access", async () => {
    const provider = open();
    const principal = await createPrincipal(provider);
    const keys = [await putKey(provider, principal, "read-only"), await putKey(provider, principal, "full")];
    const listed = await provider.listKeys(principal, context());
    expect(listed).toHaveLength(2);
    expect(Object.fromEntries(listed.map((view) => [view.accessKeyId, view.access]))).toEqual(
      Object.fromEntries(keys.map(({ spec }) => [spec.accessKeyId, spec.access])),
    );
  });

  test("a read-only key is removed whole, and can be removed again", async () => {
    const provider = open();
    const principal = await createPrincipal(provider);
    const { spec, secret } = await putKey(provider, principal, "read-only");
    await expectAnswer(provider, spec.accessKeyId, secret, "accepted");
    expect(await candidate().readKeyIds(principal)).toEqual([spec.accessKeyId]);
    expect(await provider.removeKey(spec, context())).toBe("removed");
    await expectAnswer(provider, spec.accessKeyId, secret, "refused-unknown");
    expect(await candidate().readKeyIds(principal)).toEqual([]);
    expect((await candidate().readSubusers?.(principal)) ?? []).toEqual([]);
    expect(await provider.listKeys(principal, context())).toEqual([]);
    expect(await provider.removeKey(spec, context())).toBe("absent");
  });

  test.each<[AccessLevel, AccessLevel]>([
    ["full", "read-only"],
    ["read-only", "full"],
  ])("when the %s key of a principal is removed, its %s key works on", async (removed, kept) => {
    const provider = open();
    const { principal, Bucket } = await createStock(candidate(), provider);
    const first = await putKey(provider, principal, removed);
    const { spec, secret } = await putKey(provider, principal, kept);
    await provider.removeKey(first.spec, context());
    await expectAnswer(provider, spec.accessKeyId, secret, "accepted");
    const s3 = connectS3(candidate(), firstEndpoint(provider), { spec, secret });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body?.transformToString()).toBe("content");
    const listed = await provider.listKeys(principal, context());
    expect(listed.find((view) => view.accessKeyId === spec.accessKeyId)).toMatchObject({ access: kept });
  });

  testWhere(traits.choosesSecret, "putting the same read-only key again changes nothing", async () => {
    const provider = open();
    const { spec, secret } = await putKey(provider, await createPrincipal(provider), "read-only");
    expect((await provider.putKey(spec, context())).reveal()).toBe(secret.reveal());
    expect(await provider.listKeys(spec.principal, context())).toMatchObject([{ access: "read-only" }]);
  });

  testWhere(!traits.choosesSecret, "putting the same read-only key again ends the former secret", async () => {
    const provider = open();
    const { spec, secret: former } = await putKey(provider, await createPrincipal(provider), "read-only");
    const secret = await provider.putKey(spec, context());
    await expectAnswer(provider, spec.accessKeyId, secret, "accepted");
    await expectAnswer(provider, spec.accessKeyId, former, "refused-secret");
    expect(await provider.listKeys(spec.principal, context())).toMatchObject([{ access: "read-only" }]);
  });

  test("the id of a full key is a conflict for a read-only key, and the full key still works", async () => {
    const provider = open();
    const { spec, secret } = await putKey(provider, await createPrincipal(provider), "full");
    await expect(provider.putKey({ ...spec, access: "read-only" }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
    await expectAnswer(provider, spec.accessKeyId, secret, "accepted");
    expect((await candidate().readSubusers?.(spec.principal)) ?? []).toEqual([]);
  });

  test("the id of a read-only key is a conflict for a full key, and the key stays read-only", async () => {
    const provider = open();
    const { spec } = await putKey(provider, await createPrincipal(provider), "read-only");
    await expect(provider.putKey({ ...spec, access: "full" }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
    expect(await provider.listKeys(spec.principal, context())).toMatchObject([{ access: "read-only" }]);
  });

  test("an id that another principal has is a conflict for a read-only key, and the other key still works", async () => {
    const provider = open();
    const { spec, secret } = await putKey(provider, await createPrincipal(provider), "read-only");
    const other = { ...newSpec(await createPrincipal(provider)), accessKeyId: spec.accessKeyId };
    const putting = provider.putKey({ ...other, access: "read-only" }, context());
    await expect(putting).rejects.toMatchObject({ failure: "conflict" });
    await expectAnswer(provider, spec.accessKeyId, secret, "accepted");
    expect((await candidate().readSubusers?.(other.principal)) ?? []).toEqual([]);
  });

  test("a read-only key for a principal that does not exist is not created, and the failure says why", async () => {
    await expect(putKey(open(), newPrincipal(), "read-only")).rejects.toMatchObject({ failure: "not-found" });
  });

  testWhere(traits.readsSecrets, "the secret of a read-only key can be read", async () => {
    const provider = open();
    const { spec, secret } = await putKey(provider, await createPrincipal(provider), "read-only");
    expect((await provider.readSecret?.(spec, context()))?.reveal()).toBe(secret.reveal());
  });

  testWhere(traits.deactivate === "key", "a read-only key is still read-only when it is activated again", async () => {
    const provider = open();
    const { spec, secret } = await putKey(provider, await createPrincipal(provider), "read-only");
    await provider.setKeyState?.(spec, "inactive", context());
    await expectAnswer(provider, spec.accessKeyId, secret, "refused-unknown");
    await provider.setKeyState?.(spec, "active", context());
    await expectAnswer(provider, spec.accessKeyId, secret, "accepted");
    expect(await provider.listKeys(spec.principal, context())).toMatchObject([{ access: "read-only" }]);
  });
}

async function createPrincipal(provider: Provider): Promise<string> {
  const principal = newPrincipal();
  await provider.ensurePrincipal(principal, principal, context());
  return principal;
}

async function putKey(provider: Provider, principal: string, access: AccessLevel): Promise<IssuedKey> {
  const spec = { ...newSpec(principal), access };
  return { spec, secret: await provider.putKey(spec, context()) };
}

/** A principal with a full key, a bucket and an object. */
async function createStock(candidate: Candidate, provider: Provider): Promise<{ principal: string; Bucket: string }> {
  const principal = await createPrincipal(provider);
  const writer = await putKey(provider, principal, "full");
  await expectAnswer(provider, writer.spec.accessKeyId, writer.secret, "accepted");
  const s3 = connectS3(candidate, firstEndpoint(provider), writer);
  const Bucket = `bucket-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "content" }));
  return { principal, Bucket };
}

async function createBucketReadOnly(candidate: Candidate, provider: Provider): Promise<void> {
  const reader = await putKey(provider, await createPrincipal(provider), "read-only");
  await expectAnswer(provider, reader.spec.accessKeyId, reader.secret, "accepted");
  const s3 = connectS3(candidate, firstEndpoint(provider), reader);
  await s3.send(new CreateBucketCommand({ Bucket: `bucket-${randomUUID()}` }));
}

function firstEndpoint(provider: Provider): string {
  return provider.gateways()[0]?.endpoint ?? "";
}

function connectS3({ signingRegion }: Candidate, endpoint: string, { spec, secret }: IssuedKey): S3Client {
  const credentials = { accessKeyId: spec.accessKeyId, secretAccessKey: secret.reveal() };
  return new S3Client({ endpoint, region: signingRegion, credentials, forcePathStyle: true, maxAttempts: 1 });
}
