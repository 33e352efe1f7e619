import "server-only";
import type { AuditRow, ChainedRow, Checkpoint } from "@/lib/audit-log/rules";
import { deriveSigningKey, type SigningKey } from "@/lib/platform/crypto/sign";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db, type Transaction } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import type { Json } from "@/lib/platform/text/canonical-json";
import type { AuditChainEntry, AuditCheckpoint, AuditEvent } from "@/prisma/generated/client";

const PURPOSE = "latchkey audit log v1";

let ownKey: SigningKey | undefined;

/** The key with which this process signs. It comes from the master key, and its public half is in the database. */
export async function readSigningKey(client: Transaction | typeof db = db): Promise<SigningKey> {
  const key = (ownKey ??= deriveSigningKey(parseMasterKey(env.LATCHKEY_MASTER_KEY), PURPOSE));
  const { keyId, publicKey } = key;
  await client.auditSigningKey.createMany({ data: [{ keyId, publicKey }], skipDuplicates: true });
  return key;
}

/** Every key that ever signed, the oldest first. */
export function listSigningKeys(): Promise<{ keyId: string; publicKey: string }[]> {
  const orderBy = [{ createdAt: "asc" as const }, { keyId: "asc" as const }];
  return db.auditSigningKey.findMany({ orderBy, select: { keyId: true, publicKey: true } });
}

/** What the chain covers of a stored event. */
export function composeRow(event: AuditEvent): AuditRow {
  const { id, at, outcome, actorId, actorName, projectId, keyId, requestId, address, via } = event;
  const data = event.data as Json;
  return {
    ...{ id, at: at.toISOString(), event: event.event, outcome, actorId, actorName, projectId },
    ...{ keyId, requestId, address, via, data },
  };
}

export function composeChainedRow(entry: AuditChainEntry, event: AuditEvent): ChainedRow {
  return {
    sequence: Number(entry.sequence),
    previousHash: toHex(entry.previousHash),
    hash: toHex(entry.hash),
    row: composeRow(event),
  };
}

export function composeCheckpoint({ sequence, hash, at, keyId, signature }: AuditCheckpoint): Checkpoint {
  return {
    sequence: Number(sequence),
    hash: toHex(hash),
    at: at.toISOString(),
    keyId,
    signature: Buffer.from(signature).toString("base64"),
  };
}

/** The last place of the chain. Sequence 0 while it is empty. */
export async function readHead(client: Transaction | typeof db): Promise<{ sequence: number; hash: string | null }> {
  const head = await client.auditChainEntry.findFirst({ orderBy: { sequence: "desc" } });
  return head ? { sequence: Number(head.sequence), hash: toHex(head.hash) } : { sequence: 0, hash: null };
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
