import "server-only";
import { composeRow, readHead, readSigningKey } from "@/lib/audit-log/data";
import { composeSignedCheckpoint, FIRST_PREVIOUS_HASH, hashRow, isCheckpointDue } from "@/lib/audit-log/rules";
import type { Transaction } from "@/lib/platform/db/client";
import { readDatabaseClock, tryLockName } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";

const LOCK = "latchkey audit chain";
/** A transaction of this many rows takes a fraction of a second. */
const AT_ONCE = 500;
/** One round does not keep the worker busy for long. The next one goes on. */
const BATCHES_MAX = 40;

/**
 * Puts every committed line of the audit log behind the chain, and signs the head when that is due. A line that is
 * committed later comes later. One process at a time does this: a second one returns and changes nothing. A batch is one
 * transaction, so that a crash leaves the chain whole.
 */
export async function chainEvents(atOnce = AT_ONCE): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const chained = await withTransaction(async (tx) => {
      if (!(await tryLockName(tx, LOCK))) return 0;
      const count = await chainBatch(tx, atOnce);
      await signHead(tx);
      return count;
    });
    if (chained < atOnce) return;
  }
}

/** Chains the oldest lines that wait. Returns how many. */
async function chainBatch(tx: Transaction, atOnce: number): Promise<number> {
  const orderBy = [{ at: "asc" as const }, { eventId: "asc" as const }];
  const waiting = await tx.auditUnchained.findMany({ orderBy, take: atOnce, select: { eventId: true } });
  if (waiting.length === 0) return 0;
  const ids = waiting.map(({ eventId }) => eventId);
  const events = await tx.auditEvent.findMany({
    where: { id: { in: ids } },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  const head = await readHead(tx);
  let { sequence } = head;
  let previousHash = head.hash ?? FIRST_PREVIOUS_HASH;
  const entries = events.map((event) => {
    sequence += 1;
    const before = previousHash;
    previousHash = hashRow({ sequence, previousHash, row: composeRow(event) });
    return {
      sequence: BigInt(sequence),
      eventId: event.id,
      projectId: event.projectId,
      previousHash: Buffer.from(before, "hex"),
      hash: Buffer.from(previousHash, "hex"),
    };
  });
  await tx.auditChainEntry.createMany({ data: entries });
  await tx.auditUnchained.deleteMany({ where: { eventId: { in: ids } } });
  return ids.length;
}

async function signHead(tx: Transaction): Promise<void> {
  const head = await readHead(tx);
  const last = await tx.auditCheckpoint.findFirst({ orderBy: { sequence: "desc" } });
  const at = await readDatabaseClock(tx);
  const known = last ? { sequence: Number(last.sequence), at: last.at } : undefined;
  if (head.hash === null || !isCheckpointDue(head.sequence, known, at)) return;
  const key = await readSigningKey(tx);
  const { sequence, hash } = head;
  const signature = key.sign(composeSignedCheckpoint({ sequence, hash, at: at.toISOString(), keyId: key.keyId }));
  await tx.auditCheckpoint.create({
    data: {
      sequence: BigInt(sequence),
      hash: Buffer.from(hash, "hex"),
      at,
      keyId: key.keyId,
      signature: Buffer.from(signature, "base64"),
    },
  });
}
