import "server-only";
import { DEFAULT_SLOT } from "@/lib/access-keys/data";
import { CURRENT_STATES, deriveCardState, KEY_STATES } from "@/lib/access-keys/rules";
import type { Card, ReceiptLine } from "@/lib/access-keys/schema";
import { describeEvent } from "@/lib/audit/describe";
import type { ProjectScope } from "@/lib/gate/scope";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import type { Capabilities } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { Prisma, Region } from "@/prisma/generated/client";

const PAGE_SIZE = 25;
const STORY_MAX = 200;
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
  const regions = await db.region.findMany({
    orderBy: { name: "asc" },
    include: {
      principals: {
        where: { projectId: scope.projectId },
        select: {
          suspendedUntil: true,
          accessKeys: {
            where: { slot: DEFAULT_SLOT },
            orderBy: { createdAt: "desc" },
            take: CARD_KEYS_MAX,
            select: cardKeySelect,
          },
          operations: { orderBy: { createdAt: "desc" }, take: 1, select: cardOperationSelect },
        },
      },
    },
  });
  return regions.map((region) => {
    const principal = region.principals[0];
    return composeCard(region, principal, now);
  });
}

interface CardPrincipal {
  suspendedUntil: Date | null;
  accessKeys: CardKey[];
  operations: CardOperation[];
}

function composeCard(region: Region, principal: CardPrincipal | undefined, now: Date): Card {
  const {
    accessKeys: keys,
    operations,
    suspendedUntil,
  } = principal ?? { accessKeys: [], operations: [], suspendedUntil: null };
  const [operation] = operations;
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

function composeReceipts(key: Pick<CardKey, "accessKeyId" | "endedAt" | "receipts">): ReceiptLine[] {
  return key.receipts.map((receipt) => ({
    accessKeyId: key.accessKeyId,
    gateway: receipt.gateway,
    decidedAt: (key.endedAt ?? receipt.removedAt).toISOString(),
    removedAt: receipt.removedAt.toISOString(),
    lastAcceptedAt: receipt.lastAcceptedAt?.toISOString() ?? null,
    firstRefusedAt: receipt.firstRefusedAt?.toISOString() ?? null,
    unmeasurable: receipt.unmeasurable,
    sampled: receipt.sampled,
  }));
}

/** A line of the key table. Times are ISO 8601 in UTC. */
export interface KeyRow {
  id: string;
  accessKeyId: string;
  region: string;
  state: string;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  endedAt: string | null;
  endedBy: string | null;
  endReason: string | null;
  receipts: ReceiptLine[];
}

const rowInclude = {
  region: { select: { name: true } },
  createdBy: { select: { name: true } },
  endedBy: { select: { name: true } },
  receipts: true,
} as const satisfies Prisma.AccessKeyInclude;

type KeyWithNames = Prisma.AccessKeyGetPayload<{ include: typeof rowInclude }>;

export interface KeyQuery {
  cursor?: string | undefined;
  region?: string | undefined;
  state?: string | undefined;
  /** A part of the access key id. */
  search?: string | undefined;
}

/** A page of all keys of a project, current and past, newest first. */
export async function loadKeyHistory(
  scope: ProjectScope,
  query: KeyQuery,
): Promise<{ rows: KeyRow[]; next: string | null }> {
  const state = KEY_STATES.find((known) => known === query.state);
  const keys = await db.accessKey.findMany({
    where: {
      projectId: scope.projectId,
      ...(query.region ? { region: { name: query.region } } : {}),
      ...(state ? { state } : {}),
      ...(query.search ? { accessKeyId: { contains: query.search.toUpperCase().replaceAll(/[^A-Z0-9]/g, "") } } : {}),
      ...(query.cursor ? olderThan(decodeCursor(query.cursor)) : {}),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    include: rowInclude,
  });
  const page = cutPage(keys, PAGE_SIZE);
  return { rows: page.rows.map(composeRow), next: page.next };
}

export interface StoryLine {
  at: string;
  sentence: string;
}

/** The history of one key of the project as sentences, oldest first; empty when it is not the project's. */
export async function loadKeyStory(scope: ProjectScope, keyId: string): Promise<StoryLine[]> {
  return readStory({ keyId, projectId: scope.projectId });
}

export interface FoundKey extends KeyRow {
  project: { slug: string; name: string };
  story: StoryLine[];
  /** Whether it can still be disabled. */
  live: boolean;
}

/** The key with exactly this access key id, in whatever project. For those who may find keys: the caller checks. */
export async function findKey(accessKeyId: string): Promise<FoundKey | undefined> {
  const wanted = accessKeyId.trim();
  if (!/^[A-Za-z0-9]{1,128}$/.test(wanted)) return undefined;
  const key = await db.accessKey.findUnique({
    where: { accessKeyId: wanted },
    include: { ...rowInclude, project: { select: { slug: true, name: true } } },
  });
  if (!key) return undefined;
  const live = !["REVOKING", "REVOKED", "FAILED"].includes(key.state);
  return { ...composeRow(key), project: key.project, story: await readStory({ keyId: key.id }), live };
}

async function readStory(where: { keyId: string; projectId?: string }): Promise<StoryLine[]> {
  const events = await db.auditEvent.findMany({ where, orderBy: [{ at: "asc" }, { id: "asc" }], take: STORY_MAX });
  return events.map((event) => ({ at: event.at.toISOString(), sentence: describeEvent(event) }));
}

function composeRow(key: KeyWithNames): KeyRow {
  return {
    id: key.id,
    accessKeyId: key.accessKeyId,
    region: key.region.name,
    state: key.state,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy.name,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    endedAt: key.endedAt?.toISOString() ?? null,
    endedBy: key.endedBy?.name ?? null,
    endReason: key.endReason,
    receipts: composeReceipts(key),
  };
}
