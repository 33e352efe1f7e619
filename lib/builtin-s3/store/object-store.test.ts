import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Extent } from "./blob-writer";
import { type Caller, ObjectStore } from "./object-store";
import type { CompletedUpload } from "./records";
import { MAX_COMPLETED_UPLOADS } from "./table";

const DAY_MS = 24 * 3600 * 1000;
const caller: Caller = { account: "demo", check: () => undefined };
const attributes = { headers: {}, metadata: {} };

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "s3-store-"));
  store = await ObjectStore.open(folder);
  await store.createBucket(caller, "bucket");
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(content: string): Promise<Extent[]> {
  const writer = store.createBlob();
  await writer.write(Buffer.from(content));
  return writer.finish();
}

async function put(key: string, content: string): Promise<void> {
  await store.putObject(caller, "bucket", key, {
    ...attributes,
    size: content.length,
    etag: "x",
    modifiedAt: 0,
    extents: await write(content),
  });
}

async function read(key: string): Promise<string> {
  const { extents, size } = store.openObject(caller, "bucket", key);
  const pieces: Buffer[] = [];
  for await (const piece of store.blobs.read(extents, 0, size)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function blobs(): Promise<string[]> {
  const entries = await readdir(path.join(folder, "blobs"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

it("drops an upload a week after it was begun, with the parts it has, and no younger one", async () => {
  const begin = (key: string) => store.createUpload(caller, { ...attributes, bucket: "bucket", key });
  const id = await begin("old");
  await store.putPart(caller, "bucket", "old", id, {
    number: 1,
    size: 4,
    etag: "x",
    modifiedAt: 0,
    extents: await write("part"),
  });
  await store.expireUploads(Date.now() + 7 * DAY_MS - 60_000);
  expect(store.openUpload(caller, "bucket", "old", id).parts.size).toBe(1);
  await store.expireUploads(Date.now() + 7 * DAY_MS + 60_000);
  expect(() => store.openUpload(caller, "bucket", "old", id)).toThrow(
    expect.objectContaining({ code: "NoSuchUpload" }) as Error,
  );
  await expect.poll(blobs).toEqual([]);
});

async function completeUpload(key: string): Promise<() => Promise<CompletedUpload>> {
  const id = await store.createUpload(caller, { ...attributes, bucket: "bucket", key });
  const object = { ...attributes, size: 0, etag: "x-1", modifiedAt: Date.now(), extents: [] };
  const again = () =>
    store.completeUpload(caller, "bucket", key, id, { parts: "p", make: () => object, precondition: () => undefined });
  await again();
  return again;
}

it("keeps the outcome of a completed upload for a day", async () => {
  const again = await completeUpload("k");
  await store.expireUploads(Date.now() + DAY_MS - 60_000);
  expect(await again()).toMatchObject({ etag: "x-1" });
  await store.expireUploads(Date.now() + DAY_MS + 60_000);
  await expect(again()).rejects.toMatchObject({ code: "NoSuchUpload" });
});

it("keeps the outcomes of the last thousand uploads, in their order over a rewritten journal", async () => {
  const first = await completeUpload("first");
  const second = await completeUpload("second");
  const more = Array.from({ length: MAX_COMPLETED_UPLOADS - 1 }, (_, index) => completeUpload(`k${index}`));
  await Promise.all(more);
  await expect(first()).rejects.toMatchObject({ code: "NoSuchUpload" });
  expect(await second()).toMatchObject({ key: "second" });
  await store.close();
  // The first start rewrites the journal, the second reads what was written.
  store = await ObjectStore.open(folder);
  await store.close();
  store = await ObjectStore.open(folder);
  expect(await second()).toMatchObject({ key: "second" });
  await completeUpload("last");
  await expect(second()).rejects.toMatchObject({ code: "NoSuchUpload" });
});

it("sweeps at its start what a crash left between a file and its object, and nothing else", async () => {
  await put("kept", "kept");
  const [kept = ""] = await blobs();
  await store.close();
  const orphan = "ab".padEnd(32, "0");
  await mkdir(path.join(folder, "blobs/ab"), { recursive: true });
  await writeFile(path.join(folder, "blobs/ab", orphan), "left behind");
  await writeFile(path.join(folder, "incoming", orphan), "half a body");
  store = await ObjectStore.open(folder);
  expect(await blobs()).toEqual([kept]);
  expect(await readdir(path.join(folder, "incoming"))).toEqual([]);
  expect(await read("kept")).toBe("kept");
});

it("keeps the bytes of an object for whoever is reading them, and lets them go after", async () => {
  await put("read", "before".repeat(100_000));
  const { extents, size } = store.openObject(caller, "bucket", "read");
  const reading = store.blobs.read(extents, 0, size);
  let text = (await reading.next()).value?.toString() ?? "";
  await put("read", "after");
  await store.removeObjects(caller, "bucket", ["read"]);
  for await (const piece of reading) text += piece.toString();
  expect(text).toBe("before".repeat(100_000));
  await expect.poll(blobs).toEqual([]);
});

it("refuses a change whose key went while it waited, and leaves no file of it", async () => {
  const revoked: Caller = {
    account: "demo",
    check: () => {
      throw new Error("gone");
    },
  };
  const extents = await write("late");
  await expect(
    store.putObject(revoked, "bucket", "late", { ...attributes, size: 4, etag: "x", modifiedAt: 0, extents }),
  ).rejects.toThrow("gone");
  await expect.poll(blobs).toEqual([]);
});
