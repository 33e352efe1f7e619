import { groupBy } from "@/lib/platform/group-by";
import type { Ending } from "@/lib/access-keys/revoke/mark-revoking";
import type { Usual } from "@/lib/regions/data";

/** A key that every gateway refuses, with what was measured at each. */
export interface RevokedKey {
  /** When its end was decided. */
  endedAt: Date | null;
  endReason: string | null;
  receipts: readonly { firstRefusedAt: Date | null }[];
}

/** So many keys of each sort count, the last ones. */
export const USUAL_OF = 20;
/** Fewer than this tell nothing of what is usual. */
const USUAL_MIN = 3;

const REPLACED: readonly string[] = ["regenerated", "retired"] satisfies Ending["cause"][];

/** Whether another key took the place of one that ended. */
export function isReplaced({ endReason }: Pick<RevokedKey, "endReason">): boolean {
  return endReason !== null && REPLACED.includes(endReason);
}

/** How long keys usually worked on: those that were replaced, and the others. Null where too few were measured. */
export function decideUsual(keys: readonly RevokedKey[]): Usual {
  return {
    replaced: median(keys.filter((key) => isReplaced(key))),
    ended: median(keys.filter((key) => !isReplaced(key))),
  };
}

/** The median of the times until the last gateway refused. Of two in the middle the later one: nobody is told too little. */
function median(keys: readonly RevokedKey[]): number | null {
  const times = keys.flatMap(measureKey).sort((a, b) => a - b);
  return times.length < USUAL_MIN ? null : (times[Math.floor(times.length / 2)] ?? null);
}

/** Gateways that cannot be measured are left out. Nothing for a key that was measured nowhere. */
function measureKey({ endedAt, receipts }: RevokedKey): number[] {
  const refusals = receipts.flatMap(({ firstRefusedAt }) => (firstRefusedAt ? [firstRefusedAt.getTime()] : []));
  if (!endedAt || refusals.length === 0) return [];
  return [Math.max(0, Math.max(...refusals) - endedAt.getTime())];
}

interface LiveKey {
  id: string;
  accessKeyId: string;
  principalId: string;
  projectId: string;
  slot: string;
}

/** The keys of one slot that end together. */
export interface EndOfSlot {
  principalId: string;
  projectId: string;
  slot: string;
  /** That of the first of its keys. */
  requestId: string;
  keys: LiveKey[];
  accessKeyIds: string[];
}

/**
 * Which of the wanted keys end, slot by slot. `live` are all keys of their principals that can still be ended. A key whose
 * slot has an open change is busy, unless all keys of the slot end: the change then is cancelled. It must not be cancelled
 * for the end of another key.
 */
export function decideEndOfSome(
  live: readonly LiveKey[],
  open: readonly { principalId: string; slot: string }[],
  wanted: readonly { id: string; principalId: string; slot: string; requestId: string }[],
): { ends: EndOfSlot[]; busy: string[] } {
  const nameOf = ({ principalId, slot }: { principalId: string; slot: string }) => `${principalId} ${slot}`;
  const changing = new Set(open.map(nameOf));
  const liveOf = groupBy(live, nameOf);
  const requestIds = new Map(wanted.map(({ id, requestId }) => [id, requestId]));
  const ends: EndOfSlot[] = [];
  const busy: string[] = [];
  for (const [name, keysOfSlot] of liveOf) {
    const keys = keysOfSlot.filter(({ id }) => requestIds.has(id));
    const [first] = keys;
    const requestId = first && requestIds.get(first.id);
    if (!first || requestId === undefined) continue;
    if (keys.length < keysOfSlot.length && changing.has(name)) {
      busy.push(...keys.map(({ id }) => id));
      continue;
    }
    const { principalId, projectId, slot } = first;
    const accessKeyIds = keys.map(({ accessKeyId }) => accessKeyId);
    ends.push({ principalId, projectId, slot, requestId, keys, accessKeyIds });
  }
  return { ends, busy };
}
