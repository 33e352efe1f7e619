import "server-only";
import {
  type CardKey,
  cardKeySelect,
  type CardOperation,
  cardOperationSelect,
  composeSlot,
  RECEIPTS_SHOWN_MS,
} from "@/lib/access-keys/loaders/card-slot";
import { readCapabilities } from "@/lib/access-keys/loaders/capabilities";
import { EXPIRED_REASON } from "@/lib/access-keys/revoke/mark-revoking";
import { DEFAULT_SLOT, LIVE_STATES } from "@/lib/access-keys/rules";
import type { Card } from "@/lib/access-keys/schema";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { env } from "@/lib/platform/env";
import type { Capabilities } from "@/lib/providers/provider";
import { readAllowedRegions } from "@/lib/project-regions/data";
import { findRegion } from "@/lib/regions/data";
import type { Principal, Region } from "@/prisma/generated/client";

/** Keys of the default slot that a card looks at: so many that are not gone yet, and so many that were revoked last. */
const CARD_KEYS_MAX = 12;
/** The same for all named keys together, with those that ended a moment ago. */
const NAMED_KEYS_MAX = 200;
/** For how long a named key that was removed at its date is shown. Milliseconds. */
const EXPIRED_SHOWN_MS = 7 * 24 * 60 * 60_000;

/**
 * The order of the index by which the keys of a principal are found. In the order of their creation, PostgreSQL would
 * read the newest keys of all projects until it has found so many of this one.
 */
const BY_STATE = [{ state: "asc" as const }, { endedAt: "desc" as const }];

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
  const allowed = await readAllowedRegions(scope.projectId);
  const regionId = { in: regions.map(({ id }) => id) };
  const principals = await db.principal.findMany({ where: { projectId: scope.projectId, regionId } });
  const now = await readDatabaseClock(db);
  const facts = await Promise.all(principals.map((principal) => loadPrincipalFacts(principal, now)));
  return regions.map((region) =>
    composeCard(
      region,
      facts.find(({ principal }) => principal.regionId === region.id),
      now,
      region.disabledAt === null && (allowed?.has(region.id) ?? true),
    ),
  );
}

interface PrincipalFacts {
  principal: Principal;
  /** Of all slots, the newest of each slot first. */
  keys: CardKey[];
  /** The newest first. */
  operations: CardOperation[];
}

/**
 * A project has one principal a region. The limits stand in queries of their own: inside an include they cut nothing.
 */
async function loadPrincipalFacts(principal: Principal, now: Date): Promise<PrincipalFacts> {
  const slot = { principalId: principal.id, slot: DEFAULT_SLOT };
  const open = await db.accessKey.findMany({
    where: { ...slot, state: { in: [...LIVE_STATES, "REVOKING"] } },
    orderBy: BY_STATE,
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
    where: slot,
    orderBy: { createdAt: "desc" },
    select: cardOperationSelect,
  });
  const named = await loadNamedKeys(principal.id, now);
  const operations = await loadOperations(principal.id, named);
  return {
    principal,
    keys: [...sortByAge(open), ...revoked, ...named],
    operations: [...(operation ? [operation] : []), ...operations],
  };
}

/** The named keys that are not gone yet, those that ended a moment ago and those that expired lately. */
async function loadNamedKeys(principalId: string, now: Date): Promise<CardKey[]> {
  const slot = { not: DEFAULT_SLOT };
  const open = await db.accessKey.findMany({
    where: { principalId, slot, state: { in: [...LIVE_STATES, "REVOKING"] } },
    orderBy: BY_STATE,
    take: NAMED_KEYS_MAX,
    select: cardKeySelect,
  });
  const since = (ms: number) => ({ gte: new Date(now.getTime() - ms) });
  const ended = await db.accessKey.findMany({
    where: {
      principalId,
      slot,
      state: { in: ["REVOKED", "FAILED"] },
      endedAt: since(EXPIRED_SHOWN_MS),
      OR: [{ endedAt: since(RECEIPTS_SHOWN_MS) }, { endReason: EXPIRED_REASON }],
    },
    orderBy: { endedAt: "desc" },
    take: NAMED_KEYS_MAX,
    select: cardKeySelect,
  });
  return [...sortByAge(open), ...ended];
}

/** The newest first. */
function sortByAge(keys: CardKey[]): CardKey[] {
  return keys.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** The operations of the named keys since the oldest of them was made, the newest first. */
async function loadOperations(principalId: string, named: CardKey[]): Promise<CardOperation[]> {
  if (named.length === 0) return [];
  const oldest = Math.min(...named.map(({ createdAt }) => createdAt.getTime()));
  const slots = [...new Set(named.map(({ slot }) => slot))];
  return db.operation.findMany({
    where: { principalId, slot: { in: slots }, createdAt: { gte: new Date(oldest) } },
    orderBy: { createdAt: "desc" },
    take: NAMED_KEYS_MAX,
    select: cardOperationSelect,
  });
}

/** `usable`: whether the project may use the region. */
function composeCard(region: Region, facts: PrincipalFacts | undefined, now: Date, usable: boolean): Card {
  const { keys = [], operations = [] } = facts ?? {};
  const suspendedUntil = facts?.principal.suspendedUntil ?? null;
  const capabilities = readCapabilities(region);
  const working = keys.filter(({ state }) => LIVE_STATES.includes(state));
  const compose = (slot: string) =>
    composeSlot(
      {
        slot,
        keys: keys.filter((key) => key.slot === slot),
        operation: operations.find((operation) => operation.slot === slot),
        others: working.filter((key) => key.slot !== slot).length,
      },
      capabilities,
      now,
    );
  const names = [...new Set(keys.map(({ slot }) => slot))].filter((slot) => slot !== DEFAULT_SLOT).sort();
  const live = new Set(working.map(({ slot }) => slot).filter((slot) => slot !== DEFAULT_SLOT));
  return {
    ...compose(DEFAULT_SLOT),
    region: describeRegion(region, capabilities, usable),
    enableFrom: suspendedUntil && suspendedUntil > now ? suspendedUntil.toISOString() : null,
    named: names.map(compose),
    namesLeft: Math.max(0, env.LATCHKEY_NAMED_KEYS - live.size),
  };
}

function describeRegion(region: Region, capabilities: Capabilities | undefined, usable: boolean): Card["region"] {
  return {
    name: region.name,
    endpoint: region.endpoint,
    signingRegion: region.signingRegion,
    revocationBoundSeconds: capabilities ? capabilities.revocationBoundMs / 1_000 : null,
    usualRevocationSeconds: {
      replaced: toSeconds(region.usualReplacedMs),
      ended: toSeconds(region.usualEndedMs),
    },
    switches: capabilities?.deactivate === "key",
    overlaps: capabilities?.overlap ?? false,
    suspends: capabilities?.suspends ?? false,
    tellsLastUse: capabilities?.lastUsed ?? false,
    readOnly: capabilities?.readOnly ?? "none",
    plainUploads: region.plainUploads ?? false,
    disabled: !usable || capabilities === undefined,
  };
}

const toSeconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
