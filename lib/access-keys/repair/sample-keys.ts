import "server-only";
import {
  type CurrentKey,
  listCurrentKeys,
  listPrincipalsWithMissingKeys,
  listSampledKeys,
  type SampledKey,
} from "@/lib/access-keys/data";
import { noteFound, noteMissing } from "@/lib/access-keys/repair/note-missing";
import { type Listed, noteUses } from "@/lib/access-keys/repair/note-uses";
import { CURRENT_STATES } from "@/lib/access-keys/rules";
import { db } from "@/lib/platform/db/client";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { env } from "@/lib/platform/env";
import { logger } from "@/lib/platform/logger";
import { listPrincipalsOf } from "@/lib/principals/data";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { claimRegionsToSample, moveSample, openProvider } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/** How often the keys of a region are compared. With the default the card of a lost key says so within a minute. */
const EVERY_MS = env.LATCHKEY_CHECK_SECONDS * 1_000;
/** How long a round may take in a region. */
const WITHIN_MS = 20_000;
/** The principals of one round: the next of all, and some of those that had missing keys. */
const NEXT = 100;
const SUSPECTS = 50;
/** Listings that one region answers at once. */
const AT_ONCE = 4;
/** When keys are gone or are back, a round looks at so many principals more. */
const OTHERS_PAGE = 500;
const OTHERS_PAGES_MAX = 20;

/** The worker uses the values above. Tests use smaller ones. */
interface Pace {
  everyMs: number;
  next: number;
  suspects: number;
}

interface Round {
  region: Region;
  provider: Provider;
  context: CallContext;
  suspects: number;
}

type Sampled = { id: string; externalId: string };

/**
 * Compares some keys of each region with what its storage system lists, and writes down which current ones are missing,
 * which are back, and when each was last used where the storage system tells that. Each round goes on behind the one
 * before. A region that does not answer proves nothing. Does nothing for a region that was compared a moment ago, by
 * whichever worker.
 */
export async function sampleKeys({
  everyMs = EVERY_MS,
  next = NEXT,
  suspects = SUSPECTS,
}: Partial<Pace> = {}): Promise<void> {
  const regions = await claimRegionsToSample(everyMs);
  await Promise.all(
    regions.map((region) =>
      sampleRegion(region, next, suspects).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        logger.debug({ region: region.name, reason }, "the keys of the region were not compared");
      }),
    ),
  );
}

async function sampleRegion(region: Region, count: number, suspects: number): Promise<void> {
  const next = await listNext(region, count);
  // Moved on before anything can fail: a principal that cannot be listed hides no others.
  await moveSample(region.id, next.length === count ? (next.at(-1)?.id ?? null) : null);
  const suspected = await listPrincipalsWithMissingKeys(region.id, BEFORE_ALL_IDS, suspects);
  const principals = [...new Map([...suspected, ...next].map((principal) => [principal.id, principal])).values()];
  if (principals.length === 0) return;
  const context = { signal: AbortSignal.timeout(WITHIN_MS), requestId: region.id };
  const round = { region, provider: openProvider(region), context, suspects };
  const { missing, found } = await compareKeys(round, principals);
  if (missing > 0) await noteLostPrincipals(round);
  if (found > 0) await compareSuspects(round, suspected.at(-1)?.id);
}

/** The next principals of a region. Behind the last one it begins anew, so that no round is left half empty. */
async function listNext({ id, sampledAfter }: Region, count: number): Promise<Sampled[]> {
  const next = await listPrincipalsOf(id, sampledAfter ?? BEFORE_ALL_IDS, count);
  if (sampledAfter === null || next.length === count) return next;
  return [...next, ...(await listPrincipalsOf(id, BEFORE_ALL_IDS, count - next.length))];
}

/** Compares the keys of principals, and writes the differences down. Tells how many were new. */
async function compareKeys(round: Round, principals: readonly Sampled[]): Promise<{ missing: number; found: number }> {
  // Read before the listing: a key that is made meanwhile may be in neither.
  const keys = await listSampledKeys(principals.map(({ id }) => id));
  const concerned = principals.filter(({ id }) => keys.some(({ principalId }) => principalId === id));
  const asOf = await readDatabaseClock(db);
  const counts = { missing: 0, found: 0 };
  const listed: Listed[] = [];
  try {
    for (let begin = 0; begin < concerned.length; begin += AT_ONCE) {
      const differences = await Promise.all(
        concerned.slice(begin, begin + AT_ONCE).map((principal) => findDifferences(round, principal, keys)),
      );
      const { name } = round.region;
      listed.push(...differences.flatMap((difference) => difference.listed));
      const missing = differences.flatMap((difference) => difference.missing);
      const found = differences.flatMap((difference) => difference.found);
      counts.missing += (await noteMissing(name, missing)).length;
      counts.found += (await noteFound(name, found)).length;
    }
  } finally {
    // A listing that fails takes nothing from those before it.
    if (round.provider.capabilities.lastUsed) await noteUses(listed, asOf);
  }
  return counts;
}

interface Differences {
  missing: CurrentKey[];
  found: CurrentKey[];
  listed: Listed[];
}

async function findDifferences(
  { provider, context }: Round,
  { id, externalId }: Sampled,
  keys: readonly SampledKey[],
): Promise<Differences> {
  const views = await provider.listKeys(externalId, context);
  const viewOf = new Map(views.map((view) => [view.accessKeyId, view]));
  const own = keys.filter(({ principalId }) => principalId === id);
  const current = own.filter(({ state }) => CURRENT_STATES.includes(state));
  return {
    missing: current.filter(({ accessKeyId, missingSince }) => !viewOf.has(accessKeyId) && missingSince === null),
    found: current.filter(({ accessKeyId, missingSince }) => viewOf.has(accessKeyId) && missingSince !== null),
    listed: own.flatMap((key) => {
      const view = viewOf.get(key.accessKeyId);
      return view ? [{ key, usedAt: view.lastUsedAt }] : [];
    }),
  };
}

/**
 * A storage system that lost a key may have lost everything. One listing of its principals tells which are gone with all
 * their keys, also those that no round has come to yet.
 */
async function noteLostPrincipals({ region, provider, context }: Round): Promise<void> {
  // Only keys that were active before the listing must have their principal in it.
  const begun = await readDatabaseClock(db);
  const listed = new Set(await provider.listPrincipals(context));
  let after: string | undefined = BEFORE_ALL_IDS;
  for (let page = 0; page < OTHERS_PAGES_MAX && after; page += 1) {
    const principals: Sampled[] = await listPrincipalsOf(region.id, after, OTHERS_PAGE);
    const gone = principals.filter(({ externalId }) => !listed.has(externalId)).map(({ id }) => id);
    if (gone.length > 0) await noteMissing(region.name, await listCurrentKeys(gone, begun));
    after = principals.length === OTHERS_PAGE ? principals.at(-1)?.id : undefined;
  }
}

/** A storage system that has a key again may have all of them again. */
async function compareSuspects(round: Round, begin: string | undefined): Promise<void> {
  let after = begin;
  for (let page = 0; page < OTHERS_PAGES_MAX && after; page += 1) {
    const suspected: Sampled[] = await listPrincipalsWithMissingKeys(round.region.id, after, round.suspects);
    after = suspected.at(-1)?.id;
    const { found } = await compareKeys(round, suspected);
    if (found === 0) return;
  }
}
