import { createHash } from "node:crypto";
import { canonicalize, type Json } from "@/lib/platform/text/canonical-json";

/**
 * The chain of the audit log, and the lines of its export in NDJSON. The portal writes with these functions, and the
 * `latchkey` command checks with the same ones, without the portal.
 */

/** The hash before the first row. */
export const FIRST_PREVIOUS_HASH = "0".repeat(64);

export const EXPORT_FORMAT = "latchkey-audit-1";

/** What the hash of a row covers: everything that is known of the event. */
export interface AuditRow {
  id: string;
  /** ISO 8601 with milliseconds, in UTC. */
  at: string;
  event: string;
  outcome: string;
  actorId: string | null;
  actorName: string | null;
  projectId: string | null;
  keyId: string | null;
  requestId: string | null;
  address: string | null;
  via: string | null;
  data: Json;
}

export interface ChainedRow {
  sequence: number;
  previousHash: string;
  hash: string;
  row: AuditRow;
}

export interface Checkpoint {
  sequence: number;
  hash: string;
  at: string;
  keyId: string;
  signature: string;
}

export interface ExportHeader {
  format: string;
  exportedAt: string;
  /** The slug of the project, null for the whole log. */
  project: string | null;
  /** Whether rows of the chain may be left out. */
  filtered: boolean;
  filters: Record<string, string>;
  keys: { keyId: string; publicKey: string }[];
}

export interface ExportEnd {
  rows: number;
  /** The SHA-256 of all bytes before this line, in hexadecimal. */
  sha256: string;
  keyId: string;
  signature: string;
}

/** SHA-256 over the canonical JSON (RFC 8785) of previous hash, row and sequence, in hexadecimal. */
export function hashRow({ previousHash, row, sequence }: Omit<ChainedRow, "hash">): string {
  return createHash("sha256")
    .update(canonicalize({ previousHash, row: { ...row }, sequence }))
    .digest("hex");
}

/** What the signature of a checkpoint covers. */
export function composeSignedCheckpoint({ at, hash, keyId, sequence }: Omit<Checkpoint, "signature">): string {
  return canonicalize({ at, hash, keyId, sequence, type: "checkpoint" });
}

/** What the signature of an export covers. */
export function composeSignedEnd({ keyId, rows, sha256 }: Omit<ExportEnd, "signature">): string {
  return canonicalize({ keyId, rows, sha256, type: "end" });
}

/** The first line of an export. */
export function composeHeaderLine({ format, exportedAt, project, filtered, filters, keys }: ExportHeader): string {
  const known = keys.map(({ keyId, publicKey }) => ({ keyId, publicKey }));
  return JSON.stringify({ type: "header", format, exportedAt, project, filtered, filters, keys: known });
}

/** The line of a row. `after` is the sequence of the row before it in this export, 0 before the first one. */
export function composeRowLine({ sequence, previousHash, hash, row }: ChainedRow, after: number): string {
  const before = JSON.stringify({ type: "row", sequence, after, previousHash, hash }).slice(0, -1);
  return `${before},"row":${canonicalize({ ...row })}}`;
}

/** The line of a checkpoint. It stands behind the row of its sequence. */
export function composeCheckpointLine({ sequence, hash, at, keyId, signature }: Checkpoint): string {
  return JSON.stringify({ type: "checkpoint", sequence, hash, at, keyId, signature });
}

/** The last line of an export. */
export function composeEndLine({ rows, sha256, keyId, signature }: ExportEnd): string {
  return JSON.stringify({ type: "end", rows, sha256, keyId, signature });
}

const CHECKPOINT_EVERY_ROWS = 1_000;
const CHECKPOINT_EVERY_MS = 60_000;

/** Whether the head of the chain is to be signed: after 1,000 rows, and for fewer rows once a minute. */
export function isCheckpointDue(head: number, last: { sequence: number; at: Date } | undefined, now: Date): boolean {
  if (head === 0) return false;
  if (!last) return true;
  if (head - last.sequence >= CHECKPOINT_EVERY_ROWS) return true;
  return head > last.sequence && now.getTime() - last.at.getTime() >= CHECKPOINT_EVERY_MS;
}
