import "server-only";
import { readCapabilities } from "@/lib/access-keys/loaders/capabilities";
import { ENDED_STATES, type KeyState } from "@/lib/access-keys/rules";
import { recordEvent } from "@/lib/audit/record";
import { type ChosenKey, findChoice, hashKeys, listChosenKeys } from "@/lib/bulk-revocations/data";
import { describeChoice, describeRefusal } from "@/lib/bulk-revocations/rules";
import {
  type BulkRefusal,
  type Choice,
  KEYS_MAX,
  type Preview,
  type PreviewOutput,
} from "@/lib/bulk-revocations/schema";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";

/** So many projects and ids are named. */
const NAMED_MAX = 20;

/**
 * What a bulk revocation would end. Changes nothing; the look is written to the audit log, since it tells of other
 * people's projects. The caller has checked that the person may revoke keys.
 */
export async function loadPreview(actor: Actor, choice: Choice): Promise<PreviewOutput> {
  const found = await findChoice(choice);
  if (typeof found === "string") return refuse(found);
  const asOf = await readDatabaseClock(db);
  const { live } = await listChosenKeys(db, found.where, asOf);
  if (live.length > KEYS_MAX) return refuse("too-many-keys");
  const known = await readKnown(found.ids);
  const { by, chosen } = describeChoice(choice);
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "bulk-revocation.previewed",
      outcome: "done",
      actor,
      data: { by, ...(chosen === undefined ? {} : { chosen }), keys: live.length },
    }),
  );
  const alreadyEnded = found.ids.filter((id) => ENDED_STATES.some((state) => known.get(id) === state));
  const beingRemoved = found.ids.filter((id) => known.get(id) === "REVOKING");
  const unknown = found.ids.filter((id) => !known.has(id));
  const preview: Preview = {
    keys: live.length,
    regions: await countByRegion(live),
    ...(await countByProject(live)),
    alreadyEnded: alreadyEnded.length,
    alreadyEndedIds: alreadyEnded.slice(0, NAMED_MAX),
    beingRemoved: beingRemoved.length,
    beingRemovedIds: beingRemoved.slice(0, NAMED_MAX),
    unknown: unknown.length,
    unknownIds: unknown.slice(0, NAMED_MAX),
    mistyped: found.mistyped.length,
    mistypedIds: found.mistyped.slice(0, NAMED_MAX),
    foreign: found.foreign.length,
    foreignIds: found.foreign.slice(0, NAMED_MAX),
    seen: { asOf: asOf.toISOString(), digest: hashKeys(live) },
  };
  return { ok: true, preview };
}

/** The states of keys by their access key ids. */
async function readKnown(ids: readonly string[]): Promise<ReadonlyMap<string, KeyState>> {
  if (ids.length === 0) return new Map();
  const keys = await db.accessKey.findMany({
    where: { accessKeyId: { in: [...ids] } },
    select: { accessKeyId: true, state: true },
  });
  return new Map(keys.map(({ accessKeyId, state }) => [accessKeyId, state]));
}

async function countByRegion(keys: readonly ChosenKey[]): Promise<Preview["regions"]> {
  const counts = countBy(keys, "regionId");
  const regions = await db.region.findMany({ where: { id: { in: [...counts.keys()] } }, orderBy: { name: "asc" } });
  return regions.map((region) => {
    const boundMs = readCapabilities(region)?.revocationBoundMs;
    const revocationBoundSeconds = boundMs === undefined ? null : boundMs / 1_000;
    return { region: region.name, keys: counts.get(region.id) ?? 0, revocationBoundSeconds };
  });
}

async function countByProject(keys: readonly ChosenKey[]): Promise<Pick<Preview, "projects" | "projectCount">> {
  const counts = countBy(keys, "projectId");
  const largest = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, NAMED_MAX);
  const rows = await db.project.findMany({ where: { id: { in: largest.map(([id]) => id) } } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const projects = largest.flatMap(([id, count]) => {
    const row = byId.get(id);
    return row ? [{ project: row.slug, name: row.name, keys: count }] : [];
  });
  return { projects, projectCount: counts.size };
}

function countBy(keys: readonly ChosenKey[], field: "regionId" | "projectId"): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key[field], (counts.get(key[field]) ?? 0) + 1);
  return counts;
}

function refuse(reason: BulkRefusal): PreviewOutput {
  return { ok: false, reason, message: describeRefusal(reason) };
}
