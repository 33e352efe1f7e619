import type { Extent } from "./blob-writer";

export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

export interface StoredChecksum {
  algorithm: ChecksumAlgorithm;
  /** Base64. A composite checksum ends in `-` and the number of parts. */
  value: string;
  type: "FULL_OBJECT" | "COMPOSITE";
}

export type TagPair = readonly [name: string, value: string];

/** Tags in the order of the client. Old journals hold an object, which does not keep the order of numeric names. */
export type StoredTags = readonly TagPair[] | Readonly<Record<string, string>>;

/** The headers of an object that clients set and read. Values are bytes in latin1, as they came. */
export interface ObjectAttributes {
  /** System headers (`content-type`, `cache-control`, …) by lower-case name. */
  headers: Record<string, string>;
  /** User metadata without its `x-amz-meta-` prefix. */
  metadata: Record<string, string>;
  tags?: StoredTags;
}

export interface StoredObject extends ObjectAttributes {
  size: number;
  /** Without quotes. */
  etag: string;
  /** Milliseconds since the epoch. */
  modifiedAt: number;
  extents: readonly Extent[];
  checksum?: StoredChecksum;
  /** The parts of a multipart object, in order. */
  parts?: readonly { number: number; size: number; checksum?: string }[];
}

export interface StoredPart {
  number: number;
  size: number;
  etag: string;
  modifiedAt: number;
  extents: readonly Extent[];
  checksum?: string;
}

export interface StoredUpload extends ObjectAttributes {
  id: string;
  bucket: string;
  key: string;
  startedAt: number;
  checksum?: { algorithm: ChecksumAlgorithm; type: StoredChecksum["type"] };
}

/** The outcome of a completed upload, with which the same completion is answered again. */
export interface CompletedUpload {
  id: string;
  bucket: string;
  key: string;
  completedAt: number;
  /** A digest of the list of parts that completed the upload. */
  parts: string;
  size: number;
  etag: string;
  checksum?: StoredChecksum;
}

/** The records in the objects journal of a region. Old journals are replayed: forms may be added, never changed. */
export type StoreRecord =
  | { t: "bucket"; name: string; owner: string; createdAt: number }
  | { t: "bucket-gone"; name: string }
  | { t: "bucket-tags"; name: string; tags?: StoredTags }
  | { t: "object"; bucket: string; key: string; object: StoredObject }
  | { t: "object-gone"; bucket: string; key: string }
  | { t: "object-tags"; bucket: string; key: string; tags?: StoredTags }
  | { t: "upload"; upload: StoredUpload }
  | { t: "part"; upload: string; part: StoredPart }
  | { t: "upload-gone"; upload: string }
  | { t: "upload-done"; outcome: CompletedUpload };
