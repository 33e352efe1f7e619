import "server-only";
import { composeReceipts } from "@/lib/access-keys/loaders/receipt-lines";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { ReceiptLine } from "@/lib/access-keys/schema";
import type { ProjectScope } from "@/lib/gate/scope";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import type { Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 25;

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
  /** Since when the storage system does not know the key, although it is current. */
  missingSince: string | null;
  receipts: ReceiptLine[];
}

/** What a line of the key table needs beside the key. */
export const rowInclude = {
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
export async function loadKeyTable(
  scope: ProjectScope,
  query: KeyQuery,
): Promise<{ rows: KeyRow[]; next: string | null }> {
  const state = KEY_STATES.find((known) => known === query.state);
  // By id, so that the index of a project's region serves the filter.
  const region = query.region
    ? await db.region.findUnique({ where: { name: query.region }, select: { id: true } })
    : undefined;
  if (region === null) return { rows: [], next: null };
  const keys = await db.accessKey.findMany({
    where: {
      projectId: scope.projectId,
      ...(region ? { regionId: region.id } : {}),
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

/** A line of the key table, without anything secret: there is nothing secret to read. */
export function composeRow(key: KeyWithNames): KeyRow {
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
    missingSince: key.missingSince?.toISOString() ?? null,
    receipts: composeReceipts(key),
  };
}
