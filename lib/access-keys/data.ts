import "server-only";
import { type KeyEvent, type KeyState, moveKeyState, statesThatAllow } from "@/lib/access-keys/rules";
import { db, type Transaction } from "@/lib/platform/db";
import type { Prisma } from "@/prisma/generated/client";

/** The slot that the cards show. */
export const DEFAULT_SLOT = "default";

export interface SlotKey {
  id: string;
  accessKeyId: string;
  state: KeyState;
}

const LIVE_STATES: KeyState[] = ["CREATING", "ISSUED", "ACTIVE", "INACTIVE", "RETIRING", "EXPIRED"];

/** The keys of the default slot that can still be ended. The caller has locked the principal. */
export function listLiveKeys(tx: Transaction, principalId: string): Promise<SlotKey[]> {
  return tx.accessKey.findMany({
    where: { principalId, slot: DEFAULT_SLOT, state: { in: LIVE_STATES } },
    select: { id: true, accessKeyId: true, state: true },
    orderBy: { createdAt: "asc" },
  });
}

/** The access key ids of a principal, in all slots: those meant to work, now or again, and those whose end is decided. */
export async function listWorkingKeys(principalId: string): Promise<{ working: string[]; ending: string[] }> {
  const keys = await db.accessKey.findMany({
    where: { principalId, state: { in: [...LIVE_STATES, "REVOKING"] } },
    select: { accessKeyId: true, state: true },
  });
  const ids = (ending: boolean) => keys.filter((key) => (key.state === "REVOKING") === ending).map((key) => key.accessKeyId);
  return { working: ids(false), ending: ids(true) };
}

/** Whether a key of the principal, in any slot, is to be removed and is not yet proved gone. */
export async function isRemovalOpen(tx: Transaction | typeof db, principalId: string): Promise<boolean> {
  const where = { principalId, state: "REVOKING" as const, removedAt: null };
  return (await tx.accessKey.findFirst({ where, select: { id: true } })) !== null;
}

/**
 * Moves a key by an event of the state table, if its state allows it when the row is written. False when it did
 * not: someone else moved it first.
 */
export async function moveKey(
  tx: Transaction,
  keyId: string,
  event: KeyEvent,
  data: Omit<Prisma.AccessKeyUncheckedUpdateManyInput, "state"> = {},
): Promise<boolean> {
  const from = statesThatAllow(event);
  const [state] = new Set(from.map((source) => moveKeyState(source, event)));
  const moved = await tx.accessKey.updateMany({ where: { id: keyId, state: { in: from } }, data: { ...data, state } });
  return moved.count === 1;
}

/** Keys whose end was decided a while ago and is not carried out. Oldest first. */
export async function listUnfinishedRevocations(limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM access_keys
    WHERE state = 'REVOKING' AND ended_at < now() - interval '10 seconds'
    ORDER BY ended_at LIMIT ${limit}`;
  return rows.map((row) => row.id);
}
