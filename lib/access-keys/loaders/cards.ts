import "server-only";
import { DEFAULT_SLOT } from "@/lib/access-keys/data";
import { composeReceipts } from "@/lib/access-keys/loaders/receipt-lines";
import { hasPassed } from "@/lib/access-keys/lifecycle/rules";
import { EXPIRED_REASON } from "@/lib/access-keys/revoke/mark-revoking";
import { CURRENT_STATES, deriveCardState, LIVE_STATES } from "@/lib/access-keys/rules";
import type { Card } from "@/lib/access-keys/schema";
import type { ProjectScope } from "@/lib/gate/scope";
import { isAdjusting, isMaking } from "@/lib/operations/rules";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { logger } from "@/lib/platform/logger";
import type { Capabilities } from "@/lib/providers/provider";
import { findRegion, openProvider } from "@/lib/regions/data";
import type { Prisma, Principal, Region } from "@/prisma/generated/client";

/** Keys that a card looks at: so many whose end is not carried out, and so many that were revoked last. */
const CARD_KEYS_MAX = 12;
const RECEIPTS_SHOWN_MS = 10 * 60_000;
/** A removal that takes longer than this is worth a word on the card. */
const SLOW_REMOVAL_MS = 5_000;

const cardKeySelect = {
  id: true,
  accessKeyId: true,
  state: true,
  createdAt: true,
  expiresAt: true,
  retiresAt: true,
  endedAt: true,
  endedById: true,
  endReason: true,
  removedAt: true,
  missingSince: true,
  createdBy: { select: { name: true } },
  receipts: true,
} as const satisfies Prisma.AccessKeySelect;

type CardKey = Prisma.AccessKeyGetPayload<{ select: typeof cardKeySelect }>;

const cardOperationSelect = {
  kind: true,
  state: true,
  createdAt: true,
  failureReason: true,
  actor: { select: { name: true } },
} as const satisfies Prisma.OperationSelect;

type CardOperation = Prisma.OperationGetPayload<{ select: typeof cardOperationSelect }>;

/** The cards of a project, one a region, in the order of their names. */
export async function loadCards(scope: ProjectScope): Promise<Card[]> {
  const regions = await db.region.findMany({ orderBy: { name: "asc" } });
  return composeCards(scope, regions);
}

/** The card of a project in one region. Throws NOT_FOUND. */
export async function loadCard(scope: ProjectScope, regionName: string): Promise<Card> {
  const [card] = await composeCards(scope, [await findRegion(regionName)]);
  if (!card) throw new Error("a region has one card");
  return card;
}

async function composeCards(scope: ProjectScope, regions: Region[]): Promise<Card[]> {
  const regionId = { in: regions.map(({ id }) => id) };
  const principals = await db.principal.findMany({ where: { projectId: scope.projectId, regionId } });
  const facts = await Promise.all(principals.map(loadPrincipalFacts));
  const now = await readDatabaseClock(db);
  return regions.map((region) =>
    composeCard(
      region,
      facts.find(({ principal }) => principal.regionId === region.id),
      now,
    ),
  );
}

interface PrincipalFacts {
  principal: Principal;
  keys: CardKey[];
  operation: CardOperation | undefined;
}

/**
 * A project has one principal a region. The limits stand in queries of their own: inside an include they cut nothing.
 */
async function loadPrincipalFacts(principal: Principal): Promise<PrincipalFacts> {
  const slot = { principalId: principal.id, slot: DEFAULT_SLOT };
  const open = await db.accessKey.findMany({
    where: { ...slot, state: { in: [...LIVE_STATES, "REVOKING"] } },
    orderBy: { createdAt: "desc" },
    take: CARD_KEYS_MAX,
    select: cardKeySelect,
  });
  const revoked = await db.accessKey.findMany({
    where: { ...slot, state: "REVOKED" },
    orderBy: { endedAt: "desc" },
    take: CARD_KEYS_MAX,
    select: cardKeySelect,
  });
  const operation = await db.operation.findFirst({
    where: { principalId: principal.id },
    orderBy: { createdAt: "desc" },
    select: cardOperationSelect,
  });
  return { principal, keys: [...open, ...revoked], operation: operation ?? undefined };
}

function composeCard(region: Region, facts: PrincipalFacts | undefined, now: Date): Card {
  const keys = facts?.keys ?? [];
  const operation = facts?.operation;
  const suspendedUntil = facts?.principal.suspendedUntil ?? null;
  const current = keys.find((key) => CURRENT_STATES.includes(key.state));
  const capabilities = readCapabilities(region);
  const pastDate = current !== undefined && hasPassed(current.expiresAt, now);
  const enforced = capabilities?.expiry === "native";
  const recent = keys.filter(
    (key) => key.state === "REVOKING" || (key.endedAt && now.getTime() - key.endedAt.getTime() < RECEIPTS_SHOWN_MS),
  );
  return {
    region: {
      name: region.name,
      endpoint: region.endpoint,
      signingRegion: region.signingRegion,
      revocationBoundSeconds: capabilities ? capabilities.revocationBoundMs / 1_000 : null,
      switches: capabilities?.deactivate === "key",
      overlaps: capabilities?.overlap ?? false,
      suspends: capabilities?.suspends ?? false,
      disabled: region.disabledAt !== null || capabilities === undefined,
    },
    state: deriveCardState(
      keys.map((key) => key.state),
      { pastDate: pastDate && enforced, expired: hasExpiredLast(keys) },
    ),
    key: current
      ? {
          accessKeyId: current.accessKeyId,
          createdAt: current.createdAt.toISOString(),
          createdBy: current.createdBy.name,
          expiresAt: current.expiresAt?.toISOString() ?? null,
          expiresInSeconds: current.expiresAt
            ? Math.floor((current.expiresAt.getTime() - now.getTime()) / 1_000)
            : null,
          missingSince: current.missingSince?.toISOString() ?? null,
        }
      : null,
    retiring: composeRetiring(keys),
    change: composeChange(operation),
    notice: capabilities
      ? composeNotice({ keys, operation, capabilities, now, late: pastDate && !enforced })
      : MISCONFIGURED,
    removed: keys.every((key) => key.state !== "REVOKING" || key.removedAt !== null),
    enableFrom: suspendedUntil && suspendedUntil > now ? suspendedUntil.toISOString() : null,
    receipts: recent.flatMap(composeReceipts),
  };
}

function composeRetiring(keys: CardKey[]): Card["retiring"] {
  const key = keys.find(({ state }) => state === "RETIRING");
  return key?.retiresAt ? { accessKeyId: key.accessKeyId, until: key.retiresAt.toISOString() } : null;
}

/** Whether the key that ended last was removed because its date had passed. Then nobody ended it by hand. */
function hasExpiredLast(keys: CardKey[]): boolean {
  const [last] = keys
    .filter((key) => key.endedAt !== null)
    .sort((a, b) => (b.endedAt?.getTime() ?? 0) - (a.endedAt?.getTime() ?? 0));
  return last?.endedById === null && last.endReason === EXPIRED_REASON;
}

const MISCONFIGURED =
  "The portal's settings for this region do not work. Keys that exist are not touched; tell your administrators.";

/** Undefined for a region whose settings or credentials do not open: it must not take the other cards with it. */
function readCapabilities(region: Region): Capabilities | undefined {
  try {
    return openProvider(region).capabilities;
  } catch (error) {
    logger.error({ err: error, region: region.name }, "the region cannot be opened");
    return undefined;
  }
}

const STEPS = { PENDING: "working", DELIVERING: "awaiting-acknowledgement", UNDOING: "undoing" } as const;

function composeChange(operation: CardOperation | undefined): Card["change"] {
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
