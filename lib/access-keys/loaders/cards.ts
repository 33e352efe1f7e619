import "server-only";
import { DEFAULT_SLOT } from "@/lib/access-keys/data";
import { composeReceipts } from "@/lib/access-keys/loaders/receipt-lines";
import { CURRENT_STATES, deriveCardState } from "@/lib/access-keys/rules";
import type { Card } from "@/lib/access-keys/schema";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import type { Capabilities } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { Prisma, Principal, Region } from "@/prisma/generated/client";

/** Ended keys that a card looks at: enough for its state, its notice and its receipts. */
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
  endedAt: true,
  removedAt: true,
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
  const now = new Date();
  const regions = await db.region.findMany({ orderBy: { name: "asc" } });
  const principals = await db.principal.findMany({ where: { projectId: scope.projectId } });
  const facts = await Promise.all(principals.map(loadPrincipalFacts));
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
  const keys = await db.accessKey.findMany({
    where: { principalId: principal.id, slot: DEFAULT_SLOT },
    orderBy: { createdAt: "desc" },
    take: CARD_KEYS_MAX,
    select: cardKeySelect,
  });
  const operation = await db.operation.findFirst({
    where: { principalId: principal.id },
    orderBy: { createdAt: "desc" },
    select: cardOperationSelect,
  });
  return { principal, keys, operation: operation ?? undefined };
}

function composeCard(region: Region, facts: PrincipalFacts | undefined, now: Date): Card {
  const keys = facts?.keys ?? [];
  const operation = facts?.operation;
  const suspendedUntil = facts?.principal.suspendedUntil ?? null;
  const current = keys.find((key) => CURRENT_STATES.includes(key.state));
  const capabilities = readCapabilities(region);
  const recent = keys.filter(
    (key) => key.state === "REVOKING" || (key.endedAt && now.getTime() - key.endedAt.getTime() < RECEIPTS_SHOWN_MS),
  );
  return {
    region: {
      name: region.name,
      endpoint: region.endpoint,
      signingRegion: region.signingRegion,
      revocationBoundSeconds: capabilities ? capabilities.revocationBoundMs / 1_000 : null,
      suspends: capabilities?.suspends ?? false,
      disabled: region.disabledAt !== null || capabilities === undefined,
    },
    state: deriveCardState(keys.map((key) => key.state)),
    key: current
      ? {
          accessKeyId: current.accessKeyId,
          createdAt: current.createdAt.toISOString(),
          createdBy: current.createdBy.name,
          expiresAt: current.expiresAt?.toISOString() ?? null,
        }
      : null,
    change: composeChange(operation),
    notice: capabilities ? composeNotice(keys, operation, capabilities, now) : MISCONFIGURED,
    removed: keys.every((key) => key.state !== "REVOKING" || key.removedAt !== null),
    enableFrom: suspendedUntil && suspendedUntil > now ? suspendedUntil.toISOString() : null,
    receipts: recent.flatMap(composeReceipts),
  };
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
  if (!operation || operation.kind === "DISABLE") return null;
  if (state !== "PENDING" && state !== "DELIVERING" && state !== "UNDOING") return null;
  return {
    kind: operation.kind,
    step: STEPS[state],
    by: operation.actor.name,
    since: operation.createdAt.toISOString(),
  };
}

function composeNotice(
  keys: CardKey[],
  operation: CardOperation | undefined,
  { revocationBoundMs }: Capabilities,
  now: Date,
): string | null {
  const ending = keys.filter((key) => key.state === "REVOKING");
  const since = (time: Date | null) => (time ? now.getTime() - time.getTime() : 0);
  if (ending.some((key) => !key.removedAt && since(key.endedAt) > SLOW_REMOVAL_MS)) {
    return "The storage system has not confirmed the removal yet: the old keys may still work. Latchkey keeps trying.";
  }
  if (ending.some((key) => since(key.removedAt) > revocationBoundMs + SLOW_REMOVAL_MS)) {
    return "The keys are removed, but not every gateway has refused them in its time: they may still work there. Latchkey keeps asking.";
  }
  if (operation?.state !== "FAILED") return null;
  const works = keys.some((key) => key.state === "ACTIVE") ? "The keys shown here still work." : "";
  return `The last change was not completed and was undone. ${works}`.trim();
}
