import "server-only";
import { z } from "zod";
import { readCapabilities } from "@/lib/access-keys/loaders/capabilities";
import { isWorkerSilent } from "@/lib/installation/loaders";
import { connectQueue } from "@/lib/jobs/queue";
import { isMaking } from "@/lib/operations/rules";
import { decodeCursor, encodeCursor } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { listFailedJobs, listUnfinishedJobs, readDatabaseClock } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import {
  type Bounds,
  listOpenOperations,
  listRevocations,
  listUnrefusedGateways,
  readJobSubjects,
  type UnfinishedQuery,
} from "@/lib/unfinished-changes/data";
import {
  describeJob,
  describeOperation,
  describeRevocation,
  isListedJob,
  LISTED_JOBS,
  type Surroundings,
} from "@/lib/unfinished-changes/rules";
import { type UnfinishedLine, type UnfinishedPage, unfinishedStateSchema } from "@/lib/unfinished-changes/schema";

const PAGE_SIZE = 50;

/**
 * A page of the changes of keys that are not finished, newest first. For those who manage the installation: the caller
 * checks. Each kind is read by itself, and the newest of all are the page. Throws BAD_INPUT for an unknown state.
 */
export async function listUnfinished(asked: {
  cursor?: string | undefined;
  state?: string | undefined;
}): Promise<UnfinishedPage> {
  await connectQueue();
  const state = readState(asked.state);
  const before = asked.cursor ? decodeCursor(asked.cursor) : undefined;
  const now = await readDatabaseClock(db);
  const query = { before, state, take: PAGE_SIZE + 1, now };
  const workerSilent = await isWorkerSilent();
  const lines = [
    ...(await readOperations(query, workerSilent)),
    ...(await readRevocations(query, workerSilent)),
    ...(state === undefined || state === "failed" ? await readJobs(query, workerSilent) : []),
  ].sort(compareNewestFirst);
  const rows = lines.slice(0, PAGE_SIZE);
  const last = rows.at(-1);
  const isMore = lines.length > PAGE_SIZE && last !== undefined;
  return { rows, next: isMore ? encodeCursor({ at: new Date(last.since), id: last.id }) : null };
}

function readState(text: string | undefined) {
  if (text === undefined) return undefined;
  const state = unfinishedStateSchema.safeParse(text);
  if (state.success) return state.data;
  const userMessage = `The state is one of ${unfinishedStateSchema.options.join(", ")}. Nothing was changed.`;
  throw new AppError("BAD_INPUT", "an unknown state", { userMessage });
}

const compareNewestFirst = (one: UnfinishedLine, other: UnfinishedLine): number =>
  other.since.localeCompare(one.since) || (one.id < other.id ? 1 : -1);

const around = (region: { name: string; checkError: string | null }, workerSilent: boolean): Surroundings => ({
  workerSilent,
  region: region.name,
  checkError: region.checkError,
});

async function readOperations(query: UnfinishedQuery, workerSilent: boolean): Promise<UnfinishedLine[]> {
  const operations = await listOpenOperations(query);
  const retries = await countRetries(operations.map(({ id }) => id));
  return operations.map(({ id, kind, state, dueAt, failureReason, createdAt, actor, project, region, key }) => ({
    id,
    kind: "operation",
    ...describeOperation(
      { kind, state, makes: isMaking(kind), dueAt, failureReason },
      around(region, workerSilent),
      query.now,
    ),
    project,
    region: region.name,
    accessKeyId: key?.accessKeyId ?? null,
    who: actor.name,
    since: createdAt.toISOString(),
    retries: retries.get(id) ?? 0,
  }));
}

async function readRevocations(query: UnfinishedQuery, workerSilent: boolean): Promise<UnfinishedLine[]> {
  const bounds = await readBounds();
  const keys = await listRevocations(query, bounds);
  const ids = keys.map(({ id }) => id);
  const unrefused = await listUnrefusedGateways(ids);
  const retries = await countRetries(ids);
  return keys.map(({ id, accessKeyId, regionId, createdAt, endedAt: ended, removedAt, endedBy, project, region }) => {
    const endedAt = ended ?? createdAt;
    const until = removedAt && new Date(removedAt.getTime() + (bounds.get(regionId) ?? 0));
    const facts = { accessKeyId, endedAt, removedAt, until, unrefused: unrefused.get(id) ?? [] };
    return {
      id,
      kind: "revocation",
      ...describeRevocation(facts, around(region, workerSilent), query.now),
      project,
      region: region.name,
      accessKeyId,
      who: endedBy?.name ?? null,
      since: endedAt.toISOString(),
      retries: retries.get(id) ?? 0,
    };
  });
}

async function readJobs(query: UnfinishedQuery, workerSilent: boolean): Promise<UnfinishedLine[]> {
  const names = Object.keys(LISTED_JOBS);
  const jobs = await listFailedJobs(db, { names, before: query.before, take: query.take });
  const subjects = await readJobSubjects(jobs.flatMap(({ data }) => readSubjectId(data) ?? []));
  return jobs.flatMap(({ id, name, data, error, createdAt, retries }) => {
    const subject = subjects.get(readSubjectId(data) ?? "");
    if (!subject || !isListedJob(name)) return [];
    return {
      id,
      kind: "job" as const,
      ...describeJob(name, error, around(subject.region, workerSilent)),
      project: subject.project,
      region: subject.region.name,
      accessKeyId: subject.accessKeyId,
      who: null,
      since: createdAt.toISOString(),
      retries,
    };
  });
}

const subjectSchema = z.union([
  z.object({ keyId: z.uuid() }).transform(({ keyId }) => keyId),
  z.object({ principalId: z.uuid() }).transform(({ principalId }) => principalId),
]);

const readSubjectId = (data: unknown): string | undefined => subjectSchema.safeParse(data).data;

async function countRetries(keys: string[]): Promise<Map<string, number>> {
  const jobs = keys.length > 0 ? await listUnfinishedJobs(db, keys) : [];
  return new Map(jobs.map(({ key, retries }) => [key ?? "", retries]));
}

/** A region that cannot be opened counts without a bound: its removals are late at once. */
async function readBounds(): Promise<Bounds> {
  const regions = await db.region.findMany();
  return new Map(regions.map((region) => [region.id, readCapabilities(region)?.revocationBoundMs ?? 0]));
}
