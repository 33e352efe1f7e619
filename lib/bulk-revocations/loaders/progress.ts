import "server-only";
import { z } from "zod";
import { countItems } from "@/lib/bulk-revocations/data";
import { composeCounts, nameResult, readResult } from "@/lib/bulk-revocations/rules";
import {
  type BulkKeyLine,
  type BulkProgress,
  type BulkResult,
  type BulkRevocationLine,
  CHOICES,
} from "@/lib/bulk-revocations/schema";
import { notFound } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { AppError } from "@/lib/platform/errors";
import type { BulkKeyState, BulkRevocation } from "@/prisma/generated/client";

const PAGE_SIZE = 25;
const KEYS_PAGE_SIZE = 50;

const withStarter = { startedBy: { select: { name: true } } } as const;
type WithStarter = BulkRevocation & { startedBy: { name: string } };

/** A page of all bulk revocations, newest first. The caller checks who may see them. */
export async function listBulkRevocations(
  cursor: string | undefined,
): Promise<{ rows: BulkRevocationLine[]; next: string | null }> {
  const found = await db.bulkRevocation.findMany({
    where: cursor ? olderThan(decodeCursor(cursor)) : {},
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    include: withStarter,
  });
  const { rows, next } = cutPage(found, PAGE_SIZE);
  const counts = await countItems(
    db,
    rows.map(({ id }) => id),
  );
  const ofRow = (id: string) => counts.filter((group) => group.id === id);
  return { rows: rows.map((row) => composeLine(row, ofRow(row.id))), next };
}

/** A bulk revocation and how far it has come. Throws NOT_FOUND. */
export async function loadBulkRevocation(id: string): Promise<BulkRevocationLine> {
  const found = z.uuid().safeParse(id).success
    ? await db.bulkRevocation.findUnique({ where: { id }, include: withStarter })
    : null;
  if (!found) throw notFound("bulk revocation");
  return composeLine(found, await countItems(db, [id]));
}

export interface KeysQuery {
  cursor?: string | undefined;
  result?: BulkResult | undefined;
}

/** A page of the keys of a bulk revocation, in their order. Throws BAD_INPUT for a text that is no cursor. */
export async function loadBulkKeys(
  id: string,
  { cursor, result }: KeysQuery,
): Promise<{ rows: BulkKeyLine[]; next: string | null }> {
  const found = await readKeys(id, result, cursor === undefined ? -1 : decodePosition(cursor), KEYS_PAGE_SIZE + 1);
  const rows = found.slice(0, KEYS_PAGE_SIZE);
  const last = rows.at(-1);
  return { rows: rows.map(({ line }) => line), next: found.length > rows.length && last ? `${last.position}` : null };
}

/** What the page of a bulk revocation shows. Throws NOT_FOUND. */
export async function loadProgress(id: string, query: KeysQuery): Promise<BulkProgress> {
  const revocation = await loadBulkRevocation(id);
  return { revocation, page: await loadBulkKeys(id, query) };
}

/** The same for a page. Undefined when there is no such bulk revocation. */
export async function findProgress(id: string, query: KeysQuery): Promise<BulkProgress | undefined> {
  try {
    return await loadProgress(id, query);
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

/** Keys of a bulk revocation behind a position, in their order. */
export async function readKeys(
  bulkRevocationId: string,
  result: BulkResult | undefined,
  after: number,
  take: number,
): Promise<{ position: number; line: BulkKeyLine }[]> {
  const items = await db.bulkRevocationKey.findMany({
    where: { bulkRevocationId, position: { gt: after }, ...(result ? { state: readResult(result) } : {}) },
    orderBy: { position: "asc" },
    take,
    select: {
      position: true,
      state: true,
      failure: true,
      region: { select: { name: true } },
      key: { select: { accessKeyId: true, state: true, project: { select: { slug: true } } } },
    },
  });
  return items.map(({ position, state, failure, region, key }) => ({
    position,
    line: {
      accessKeyId: key.accessKeyId,
      project: key.project.slug,
      region: region.name,
      result: nameResult(state),
      state: key.state,
      failure,
    },
  }));
}

function composeLine(row: WithStarter, groups: readonly { state: BulkKeyState; count: number }[]): BulkRevocationLine {
  const counts = composeCounts(groups);
  const chosenBy = CHOICES.find((by) => by === row.chosenBy);
  if (!chosenBy) throw new Error(`a choice by ${row.chosenBy}`);
  return {
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    startedBy: row.startedBy.name,
    reason: row.reason,
    chosenBy,
    chosen: row.chosen,
    unknown: row.unknown,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    keys: Object.values(counts).reduce((sum, count) => sum + count, 0),
    counts,
  };
}

function decodePosition(cursor: string): number {
  if (/^\d{1,6}$/.test(cursor)) return Number(cursor);
  const userMessage = "The cursor is not one of this list. Nothing was changed.";
  throw new AppError("BAD_INPUT", "not a cursor", { userMessage });
}
