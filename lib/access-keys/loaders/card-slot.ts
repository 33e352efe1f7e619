import { hasPassed } from "@/lib/access-keys/lifecycle/rules";
import { composeLastUse } from "@/lib/access-keys/loaders/last-use";
import { composeReceipts } from "@/lib/access-keys/loaders/receipt-lines";
import { EXPIRED_REASON } from "@/lib/access-keys/revoke/mark-revoking";
import { CURRENT_STATES, deriveCardState, nameAccessLevel, nameOfSlot } from "@/lib/access-keys/rules";
import type { CardSlot } from "@/lib/access-keys/schema";
import { isAdjusting, isMaking } from "@/lib/operations/rules";
import type { Capabilities } from "@/lib/providers/provider";
import type { Prisma } from "@/prisma/generated/client";

/** For how long after a key's end its receipts are shown. Milliseconds. */
export const RECEIPTS_SHOWN_MS = 10 * 60_000;
/** A removal that takes longer than this is worth a word on the card. */
const SLOW_REMOVAL_MS = 5_000;

/** What a card needs of a key. */
export const cardKeySelect = {
  id: true,
  slot: true,
  access: true,
  accessKeyId: true,
  state: true,
  createdAt: true,
  activatedAt: true,
  expiresAt: true,
  removeAtExpiration: true,
  retiresAt: true,
  endedAt: true,
  endedById: true,
  endReason: true,
  removedAt: true,
  missingSince: true,
  lastUsedAt: true,
  lastUsedAsOf: true,
  createdBy: { select: { name: true } },
  receipts: true,
} as const satisfies Prisma.AccessKeySelect;

export type CardKey = Prisma.AccessKeyGetPayload<{ select: typeof cardKeySelect }>;

/** What a card needs of an operation. */
export const cardOperationSelect = {
  slot: true,
  kind: true,
  state: true,
  createdAt: true,
  failureReason: true,
  actor: { select: { name: true } },
} as const satisfies Prisma.OperationSelect;

export type CardOperation = Prisma.OperationGetPayload<{ select: typeof cardOperationSelect }>;

export interface SlotFacts {
  slot: string;
  /** Those of the slot, the newest first. */
  keys: CardKey[];
  /** The latest of the slot. */
  operation: CardOperation | undefined;
  /** How many keys of other slots are meant to work. */
  others: number;
}

/** What a card shows of one slot. Without capabilities the region's settings do not open. */
export function composeSlot(
  { slot, keys, operation, others }: SlotFacts,
  capabilities: Capabilities | undefined,
  now: Date,
): CardSlot {
  const current = keys.find((key) => CURRENT_STATES.includes(key.state));
  const pastDate = current !== undefined && hasPassed(current.expiresAt, now);
  const enforced = capabilities?.expiry === "native";
  const recent = keys.filter(
    (key) => key.state === "REVOKING" || (key.endedAt && now.getTime() - key.endedAt.getTime() < RECEIPTS_SHOWN_MS),
  );
  return {
    name: nameOfSlot(slot),
    access: nameAccessLevel(keys[0]?.access ?? "FULL"),
    state: deriveCardState(
      keys.map((key) => key.state),
      { pastDate: pastDate && enforced, expired: hasExpiredLast(keys) },
    ),
    key: current ? composeKey(current, now) : null,
    retiring: composeRetiring(keys),
    change: composeChange(operation),
    notice: capabilities
      ? composeNotice({ keys, operation, capabilities, now, late: pastDate && !enforced })
      : MISCONFIGURED,
    removed: keys.every((key) => key.state !== "REVOKING" || key.removedAt !== null),
    others,
    receipts: recent.flatMap(composeReceipts),
  };
}

function composeKey(key: CardKey, now: Date): CardSlot["key"] {
  const { accessKeyId, createdAt, createdBy, expiresAt, removeAtExpiration, missingSince } = key;
  return {
    accessKeyId,
    createdAt: createdAt.toISOString(),
    createdBy: createdBy.name,
    expiresAt: expiresAt?.toISOString() ?? null,
    expiresInSeconds: expiresAt ? Math.floor((expiresAt.getTime() - now.getTime()) / 1_000) : null,
    removeAtExpiration,
    missingSince: missingSince?.toISOString() ?? null,
    ...composeLastUse(key),
  };
}

function composeRetiring(keys: CardKey[]): CardSlot["retiring"] {
  const key = keys.find(({ state }) => state === "RETIRING");
  if (!key?.retiresAt) return null;
  return {
    accessKeyId: key.accessKeyId,
    since: findOverlapBegin(key, keys).toISOString(),
    until: key.retiresAt.toISOString(),
    ...composeLastUse(key),
  };
}

/** An old key was replaced when the next one was acknowledged, which may have been replaced since. */
function findOverlapBegin(old: CardKey, keys: CardKey[]): Date {
  const begun = old.activatedAt ?? old.createdAt;
  const later = keys.flatMap(({ activatedAt }) => (activatedAt && activatedAt > begun ? [activatedAt] : []));
  return later.sort((a, b) => a.getTime() - b.getTime())[0] ?? begun;
}

const MISCONFIGURED =
  "The portal's settings for this region do not work. Keys that exist are not touched; tell your administrators.";

/** Whether the key that ended last was removed because its date had passed. Then nobody ended it by hand. */
function hasExpiredLast(keys: CardKey[]): boolean {
  const [last] = keys
    .filter((key) => key.endedAt !== null)
    .sort((a, b) => (b.endedAt?.getTime() ?? 0) - (a.endedAt?.getTime() ?? 0));
  return last?.endedById === null && last.endReason === EXPIRED_REASON;
}

const STEPS = { PENDING: "working", DELIVERING: "awaiting-acknowledgement", UNDOING: "undoing" } as const;

function composeChange(operation: CardOperation | undefined): CardSlot["change"] {
  const state = operation?.state;
  if (!operation || !(isMaking(operation.kind) || isAdjusting(operation.kind))) return null;
  if (state !== "PENDING" && state !== "DELIVERING" && state !== "UNDOING") return null;
  return {
    kind: operation.kind,
    step: STEPS[state],
    by: operation.actor.name,
    since: operation.createdAt.toISOString(),
  };
}

interface NoticeFacts {
  keys: CardKey[];
  operation: CardOperation | undefined;
  capabilities: Capabilities;
  now: Date;
  /** Whether the current key is past its date, and only the portal can end it. */
  late: boolean;
}

function composeNotice({ keys, operation, capabilities, now, late }: NoticeFacts): string | null {
  const { revocationBoundMs } = capabilities;
  const ending = keys.filter((key) => key.state === "REVOKING");
  const since = (time: Date | null) => (time ? now.getTime() - time.getTime() : 0);
  if (ending.some((key) => !key.removedAt && since(key.endedAt) > SLOW_REMOVAL_MS)) {
    return "The storage system has not confirmed the removal yet: the old keys may still work. Latchkey keeps trying.";
  }
  if (ending.some((key) => since(key.removedAt) > revocationBoundMs + SLOW_REMOVAL_MS)) {
    return "The keys are removed, but not every gateway has refused them in its time: they may still work there. Latchkey keeps asking.";
  }
  if (late && keys.some((key) => key.state === "ACTIVE")) {
    return "The key is past its expiration date and may still work. Latchkey is ending it.";
  }
  if (operation?.state !== "FAILED") return null;
  if (isAdjusting(operation.kind)) return "The last change was not carried out. The key is as it was.";
  const works = keys.some((key) => key.state === "ACTIVE") ? "The keys shown here still work." : "";
  return `The last change was not completed and was undone. ${works}`.trim();
}
