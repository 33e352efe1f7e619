import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { S3Error } from "../s3-error";
import { BlobStore } from "./blobs";
import type { BlobWriter, Extent } from "./blob-writer";
import { Journal } from "./journal";
import type {
  CompletedUpload,
  ObjectAttributes,
  StoredObject,
  StoredPart,
  StoredTags,
  StoredUpload,
  StoreRecord,
} from "./records";
import { type Bucket, StoreTable, type Upload } from "./table";

/**
 * The account that asks, and a check of its key: `check` throws when the key has been removed. Each change runs the
 * check in the same step as its decision, so a removed key commits nothing.
 */
export interface Caller {
  account: string;
  check(): void;
}

/** Gets the current object, if there is one, at the time of the change. Throws to refuse the change. */
export type Precondition = (current: StoredObject | undefined) => void;

/** How an upload becomes an object. */
export interface Completion {
  /** A digest of the list of parts. */
  parts: string;
  /** Gets the upload at the time of the change and returns the object. Throws to refuse. */
  make(upload: Upload): StoredObject;
  precondition: Precondition;
}

const UPLOAD_LIFETIME_MS = 7 * 24 * 3600 * 1000;
const OUTCOME_LIFETIME_MS = 24 * 3600 * 1000;
const MAX_BUCKETS = 1000;

/** The buckets of one region. Its accounts share the bucket names, and nothing else. */
export class ObjectStore {
  readonly #table: StoreTable;
  readonly #journal: Journal<StoreRecord>;
  readonly blobs: BlobStore;

  private constructor(table: StoreTable, journal: Journal<StoreRecord>, blobs: BlobStore) {
    this.#table = table;
    this.#journal = journal;
    this.blobs = blobs;
  }

  static async open(folder: string): Promise<ObjectStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const blobs = await BlobStore.open(folder);
    const table = new StoreTable(blobs);
    const journal = await Journal.open(folder, "objects", table);
    const store = new ObjectStore(table, journal, blobs);
    await blobs.sweep();
    return store;
  }

  listBuckets(account: string): Bucket[] {
    return [...this.#table.buckets.values()]
      .filter(({ owner }) => owner === account)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The bucket, if it is the caller's. Of another account's bucket only the existence is known. */
  openBucket(caller: Caller, name: string): Bucket {
    const bucket = this.#table.buckets.get(name);
    if (!bucket) throw new S3Error("NoSuchBucket", undefined, { BucketName: name });
    if (bucket.owner !== caller.account) throw new S3Error("AccessDenied");
    return bucket;
  }

  openObject(caller: Caller, bucket: string, key: string): StoredObject {
    const object = this.openBucket(caller, bucket).objects.get(key);
    if (!object) throw new S3Error("NoSuchKey", undefined, { Key: key });
    return object;
  }

  /** Creates a bucket. Succeeds also when the caller owns it already, as on Ceph RGW. */
  async createBucket(caller: Caller, name: string): Promise<void> {
    await this.#change(caller, () => {
      const known = this.#table.buckets.get(name);
      if (known && known.owner !== caller.account)
        throw new S3Error("BucketAlreadyExists", undefined, { BucketName: name });
      if (known) return [];
      if (this.listBuckets(caller.account).length >= MAX_BUCKETS)
        throw new S3Error("InvalidRequest", `An account holds at most ${MAX_BUCKETS} buckets.`);
      return [{ t: "bucket", name, owner: caller.account, createdAt: Date.now() }];
    });
  }

  async removeBucket(caller: Caller, name: string): Promise<void> {
    await this.#change(caller, () => {
      if (this.openBucket(caller, name).objects.size > 0)
        throw new S3Error("BucketNotEmpty", undefined, { BucketName: name });
      const uploads = this.listUploads(caller, name).map(({ id }): StoreRecord => ({ t: "upload-gone", upload: id }));
      return [...uploads, { t: "bucket-gone", name }];
    });
  }

  async setBucketTags(caller: Caller, name: string, tags: StoredTags | undefined): Promise<void> {
    await this.#change(caller, () => {
      this.openBucket(caller, name);
      return [{ t: "bucket-tags", name, tags }];
    });
  }

  async putObject(
    caller: Caller,
    bucket: string,
    key: string,
    object: StoredObject,
    precondition?: Precondition,
  ): Promise<void> {
    await this.#keepOrDiscard(object.extents, caller, () => {
      const { objects } = this.openBucket(caller, bucket);
      precondition?.(objects.get(key));
      return [{ t: "object", bucket, key, object }];
    });
  }

  /**
   * Creates an object from the blobs of another. The source is read at the time of the change, so its blobs exist.
   * `make` returns the copy and may throw to refuse.
   */
  async copyObject(
    caller: Caller,
    from: { bucket: string; key: string },
    to: { bucket: string; key: string },
    make: (source: StoredObject, replaced: StoredObject | undefined) => StoredObject,
  ): Promise<StoredObject> {
    let copy: StoredObject | undefined;
    await this.#change(caller, () => {
      const { objects } = this.openBucket(caller, to.bucket);
      copy = make(this.openObject(caller, from.bucket, from.key), objects.get(to.key));
      return [{ t: "object", bucket: to.bucket, key: to.key, object: copy }];
    });
    if (!copy) throw new S3Error("InternalError");
    return copy;
  }

  async setObjectTags(caller: Caller, bucket: string, key: string, tags: StoredTags | undefined): Promise<void> {
    await this.#change(caller, () => {
      this.openObject(caller, bucket, key);
      return [{ t: "object-tags", bucket, key, tags }];
    });
  }

  /** Removes keys in one step. Keys that do not exist count as removed. */
  async removeObjects(
    caller: Caller,
    bucket: string,
    keys: readonly string[],
    precondition?: Precondition,
  ): Promise<void> {
    await this.#change(caller, () => {
      const { objects } = this.openBucket(caller, bucket);
      return keys.flatMap((key): StoreRecord[] => {
        const current = objects.get(key);
        precondition?.(current);
        return current ? [{ t: "object-gone", bucket, key }] : [];
      });
    });
  }

  async createUpload(
    caller: Caller,
    upload: ObjectAttributes & Pick<StoredUpload, "bucket" | "key" | "checksum">,
  ): Promise<string> {
    const id = randomBytes(24).toString("hex");
    await this.#change(caller, () => {
      this.openBucket(caller, upload.bucket);
      return [{ t: "upload", upload: { ...upload, id, startedAt: Date.now() } }];
    });
    return id;
  }

  openUpload(caller: Caller, bucket: string, key: string, id: string): Upload {
    this.openBucket(caller, bucket);
    const upload = this.#table.uploads.get(id);
    if (!upload || upload.bucket !== bucket || upload.key !== key)
      throw new S3Error("NoSuchUpload", undefined, { UploadId: id });
    return upload;
  }

  listUploads(caller: Caller, bucket: string): Upload[] {
    this.openBucket(caller, bucket);
    return [...this.#table.uploads.values()].filter((upload) => upload.bucket === bucket);
  }

  async putPart(caller: Caller, bucket: string, key: string, uploadId: string, part: StoredPart): Promise<void> {
    await this.#keepOrDiscard(part.extents, caller, () => {
      this.openUpload(caller, bucket, key, uploadId);
      return [{ t: "part", upload: uploadId, part }];
    });
  }

  /** Throws NoSuchUpload when the upload is neither unfinished nor known as completed. */
  checkUpload(caller: Caller, bucket: string, key: string, uploadId: string): void {
    if (!this.#findOutcome(caller, bucket, key, uploadId)) this.openUpload(caller, bucket, key, uploadId);
  }

  /**
   * Completes an upload in one step. Clients retry: a completed upload with the same parts gives its outcome again, also
   * when the object was replaced or deleted since, as long as the outcome is kept.
   */
  async completeUpload(
    caller: Caller,
    bucket: string,
    key: string,
    uploadId: string,
    { parts, make, precondition }: Completion,
  ): Promise<CompletedUpload> {
    let outcome: CompletedUpload | undefined;
    await this.#change(caller, () => {
      outcome = this.#findOutcome(caller, bucket, key, uploadId);
      if (outcome?.parts === parts) return [];
      const upload = this.openUpload(caller, bucket, key, uploadId);
      precondition(this.openBucket(caller, bucket).objects.get(key));
      const object = make(upload);
      const { size, etag, checksum, modifiedAt } = object;
      outcome = { id: uploadId, bucket, key, completedAt: modifiedAt, parts, size, etag, checksum };
      return [
        { t: "object", bucket, key, object },
        { t: "upload-gone", upload: uploadId },
        { t: "upload-done", outcome },
      ];
    });
    if (!outcome) throw new S3Error("InternalError");
    return outcome;
  }

  async abortUpload(caller: Caller, bucket: string, key: string, uploadId: string): Promise<void> {
    await this.#change(caller, () => {
      this.openUpload(caller, bucket, key, uploadId);
      return [{ t: "upload-gone", upload: uploadId }];
    });
  }

  /** Removes uploads that began more than a week ago, and outcomes of uploads that were completed more than a day ago. */
  async expireUploads(now: number): Promise<void> {
    await this.#journal.commit(() => {
      const { uploads, completed } = this.#table;
      const late = [...uploads.values()].filter(({ startedAt }) => now - startedAt > UPLOAD_LIFETIME_MS);
      const old = [...completed.values()].filter(({ completedAt }) => now - completedAt > OUTCOME_LIFETIME_MS);
      return [...late, ...old].map(({ id }) => ({ t: "upload-gone", upload: id }));
    });
  }

  createBlob(): BlobWriter {
    return this.blobs.create();
  }

  /** Resolves when all changes that were decided before are on the disk. */
  async settled(): Promise<void> {
    await this.#journal.settled();
  }

  async close(): Promise<void> {
    await this.#journal.close();
    await this.blobs.close();
  }

  #findOutcome(caller: Caller, bucket: string, key: string, uploadId: string): CompletedUpload | undefined {
    this.openBucket(caller, bucket);
    const outcome = this.#table.completed.get(uploadId);
    return outcome?.bucket === bucket && outcome.key === key ? outcome : undefined;
  }

  async #change(caller: Caller, decide: () => readonly StoreRecord[]): Promise<void> {
    await this.#journal.commit(() => {
      caller.check();
      return decide();
    });
  }

  async #keepOrDiscard(
    extents: readonly Extent[],
    caller: Caller,
    decide: () => readonly StoreRecord[],
  ): Promise<void> {
    try {
      await this.#change(caller, decide);
    } catch (reason) {
      this.blobs.discard(extents);
      throw reason;
    }
  }
}
