import "server-only";
import { OPEN_STATES } from "@/lib/operations/rules";
import type { Cursor } from "@/lib/platform/db/cursor";
import { olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { STUCK_AFTER_MS, type UnfinishedState } from "@/lib/unfinished-changes/rules";
import type { Prisma } from "@/prisma/generated/client";

/** What is asked for: those after `before`, of the state, at most `take`. */
export interface UnfinishedQuery {
  before: Cursor | undefined;
  state: UnfinishedState | undefined;
  take: number;
  now: Date;
}

const regionSelect = { name: true, checkError: true } as const;
const projectSelect = { slug: true, name: true } as const;

/** Open operations, the newest first. */
export async function listOpenOperations({ before, state, take, now }: UnfinishedQuery) {
  const stuckBefore = new Date(now.getTime() - STUCK_AFTER_MS);
  const working = { state: { in: ["PENDING", "DELIVERING"] } } satisfies Prisma.OperationWhereInput;
  const wanted: Record<UnfinishedState, Prisma.OperationWhereInput> = {
    "in-flight": { ...working, OR: [{ dueAt: null }, { dueAt: { gt: stuckBefore } }] },
    stuck: { ...working, dueAt: { lte: stuckBefore } },
    failed: { state: "UNDOING" },
  };
  return db.operation.findMany({
    where: {
      AND: [{ state: { in: [...OPEN_STATES] } }, state ? wanted[state] : {}, before ? olderThan(before) : {}],
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take,
    select: {
      id: true,
      kind: true,
      state: true,
      dueAt: true,
      failureReason: true,
      createdAt: true,
      actor: { select: { name: true } },
      project: { select: projectSelect },
      region: { select: regionSelect },
      key: { select: { accessKeyId: true } },
    },
  });
}

/** How long a removed key may work in each region. Milliseconds. */
export type Bounds = ReadonlyMap<string, number>;

/** Keys that are being removed, those whose end was decided last first. */
export async function listRevocations({ before, state, take, now }: UnfinishedQuery, bounds: Bounds) {
  const stuckBefore = new Date(now.getTime() - STUCK_AFTER_MS);
  const lateBefore = (boundMs: number) => new Date(stuckBefore.getTime() - boundMs);
  const late = [...bounds].map(([regionId, boundMs]) => ({ regionId, removedAt: { lte: lateBefore(boundMs) } }));
  const inTime = [...bounds].map(([regionId, boundMs]) => ({ regionId, removedAt: { gt: lateBefore(boundMs) } }));
  const wanted: Record<UnfinishedState, Prisma.AccessKeyWhereInput> = {
    "in-flight": { OR: [{ removedAt: null, endedAt: { gt: stuckBefore } }, ...inTime] },
    stuck: { removedAt: null, endedAt: { lte: stuckBefore } },
    failed: { removedAt: { not: null }, OR: late },
  };
  const after: Prisma.AccessKeyWhereInput = before
    ? { OR: [{ endedAt: { lt: before.at } }, { endedAt: before.at, id: { lt: before.id } }] }
    : {};
  return db.accessKey.findMany({
    where: { AND: [{ state: "REVOKING" }, state ? wanted[state] : {}, after] },
    orderBy: [{ endedAt: "desc" }, { id: "desc" }],
    take,
    select: {
      id: true,
      accessKeyId: true,
      regionId: true,
      createdAt: true,
      endedAt: true,
      removedAt: true,
      endedBy: { select: { name: true } },
      project: { select: projectSelect },
      region: { select: regionSelect },
    },
  });
}

/** The gateways that have not refused each key, by their names. */
export async function listUnrefusedGateways(keyIds: string[]): Promise<Map<string, string[]>> {
  const receipts = await db.receipt.findMany({
    where: { keyId: { in: keyIds }, firstRefusedAt: null },
    orderBy: { endpoint: "asc" },
    select: { keyId: true, gateway: true },
  });
  const gateways = new Map<string, string[]>();
  for (const { keyId, gateway } of receipts) gateways.set(keyId, [...(gateways.get(keyId) ?? []), gateway]);
  return gateways;
}

/** What a job is about. */
export interface JobSubject {
  project: { slug: string; name: string };
  region: { name: string; checkError: string | null };
  accessKeyId: string | null;
}

/** What jobs are about, by the id of the key or of the principal in their payload. */
export async function readJobSubjects(ids: string[]): Promise<Map<string, JobSubject>> {
  const select = { id: true, project: { select: projectSelect }, region: { select: regionSelect } };
  const where = { id: { in: ids } };
  const keys = await db.accessKey.findMany({ where, select: { ...select, accessKeyId: true } });
  const principals = await db.principal.findMany({ where, select });
  return new Map<string, JobSubject>([
    ...principals.map(({ id, ...subject }) => [id, { ...subject, accessKeyId: null }] as const),
    ...keys.map(({ id, ...subject }) => [id, subject] as const),
  ]);
}
