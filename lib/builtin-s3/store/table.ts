import type { BlobStore } from "./blobs";
import type { Ledger } from "./journal";
import { KeyIndex } from "./key-index";
import type { CompletedUpload, StoredObject, StoredPart, StoredTags, StoredUpload, StoreRecord } from "./records";

export interface Bucket {
  readonly name: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly objects: KeyIndex<StoredObject>;
  tags?: StoredTags;
  bytes: number;
}

export interface Upload extends StoredUpload {
  readonly parts: Map<number, StoredPart>;
}

/**
 * The number of completed uploads whose outcome a region keeps. Clients retry within minutes. A thousand outcomes are
 * less than 2 MB.
 */
export const MAX_COMPLETED_UPLOADS = 1000;

/** Buckets, objects, unfinished uploads and the outcomes of the last completed ones in memory, built from the records of the journal. */
export class StoreTable implements Ledger<StoreRecord> {
  readonly buckets = new Map<string, Bucket>();
  readonly uploads = new Map<string, Upload>();
  /** By upload id, the oldest first. */
  readonly completed = new Map<string, CompletedUpload>();
  readonly #blobs: BlobStore;
  #objects = 0;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  reset(): void {
    this.buckets.clear();
    this.uploads.clear();
    this.completed.clear();
    this.#blobs.forgetReferences();
    this.#objects = 0;
  }

  apply(record: StoreRecord): void {
    switch (record.t) {
      case "bucket":
        this.buckets.set(record.name, {
          name: record.name,
          owner: record.owner,
          createdAt: record.createdAt,
          objects: new KeyIndex(),
          bytes: 0,
        });
        return;
      case "bucket-gone":
        this.buckets.delete(record.name);
        for (const { id, bucket } of this.completed.values()) if (bucket === record.name) this.completed.delete(id);
        return;
      case "bucket-tags": {
        const bucket = this.buckets.get(record.name);
        if (bucket) bucket.tags = record.tags;
        return;
      }
      case "object":
        return this.#putObject(record.bucket, record.key, record.object);
      case "object-gone":
        return this.#removeObject(record.bucket, record.key);
      case "object-tags": {
        const object = this.buckets.get(record.bucket)?.objects.get(record.key);
        if (object) object.tags = record.tags;
        return;
      }
      case "upload":
        this.uploads.set(record.upload.id, { ...record.upload, parts: new Map() });
        return;
      case "part":
        return this.#putPart(record.upload, record.part);
      case "upload-gone":
        return this.#removeUpload(record.upload);
      case "upload-done":
        return this.#keepOutcome(record.outcome);
    }
  }

  *snapshot(): Iterable<StoreRecord> {
    for (const bucket of this.buckets.values()) {
      yield { t: "bucket", name: bucket.name, owner: bucket.owner, createdAt: bucket.createdAt };
      if (bucket.tags) yield { t: "bucket-tags", name: bucket.name, tags: bucket.tags };
      for (const [key, object] of bucket.objects.entries()) yield { t: "object", bucket: bucket.name, key, object };
    }
    for (const { parts, ...upload } of this.uploads.values()) {
      yield { t: "upload", upload };
      for (const part of parts.values()) yield { t: "part", upload: upload.id, part };
    }
    for (const outcome of this.completed.values()) yield { t: "upload-done", outcome };
  }

  size(): number {
    return this.buckets.size + this.uploads.size + this.completed.size + this.#objects;
  }

  durable(): void {
    this.#blobs.collect();
  }

  #putObject(bucketName: string, key: string, object: StoredObject): void {
    const bucket = this.buckets.get(bucketName);
    if (!bucket) return;
    const before = bucket.objects.get(key);
    bucket.objects.set(key, object);
    bucket.bytes += object.size - (before?.size ?? 0);
    // Retained before the release: a copy onto itself has the same blobs before and after.
    this.#blobs.retain(object.extents);
    if (before) this.#blobs.release(before.extents);
    else this.#objects += 1;
  }

  #removeObject(bucketName: string, key: string): void {
    const bucket = this.buckets.get(bucketName);
    const before = bucket?.objects.get(key);
    if (!bucket || !before) return;
    bucket.objects.delete(key);
    bucket.bytes -= before.size;
    this.#blobs.release(before.extents);
    this.#objects -= 1;
  }

  #putPart(uploadId: string, part: StoredPart): void {
    const upload = this.uploads.get(uploadId);
    if (!upload) return;
    const before = upload.parts.get(part.number);
    upload.parts.set(part.number, part);
    this.#blobs.retain(part.extents);
    if (before) this.#blobs.release(before.extents);
  }

  #keepOutcome(outcome: CompletedUpload): void {
    this.completed.set(outcome.id, outcome);
    if (this.completed.size <= MAX_COMPLETED_UPLOADS) return;
    for (const oldest of this.completed.keys()) {
      this.completed.delete(oldest);
      return;
    }
  }

  #removeUpload(uploadId: string): void {
    this.completed.delete(uploadId);
    const upload = this.uploads.get(uploadId);
    if (!upload) return;
    for (const part of upload.parts.values()) this.#blobs.release(part.extents);
    this.uploads.delete(uploadId);
  }
}
