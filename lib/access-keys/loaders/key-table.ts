import "server-only";
import { composeLastUse } from "@/lib/access-keys/loaders/last-use";
import { readCapabilities } from "@/lib/access-keys/loaders/capabilities";
import { composeReceipts } from "@/lib/access-keys/loaders/receipt-lines";
import { KEY_STATES, nameAccessLevel, nameOfSlot } from "@/lib/access-keys/rules";
import { loadKeyHistory } from "@/lib/access-keys/loaders/key-history";
import type { KeyRow, KeyTablePage } from "@/lib/access-keys/schema";
import type { ProjectScope } from "@/lib/gate/scope";
import { containsText } from "@/lib/platform/db/contains";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import type { Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 25;

/** What a line of the key table needs beside the key. */
export const rowInclude = {
  region: true,
  createdBy: { select: { name: true } },
  madeFor: { select: { name: true } },
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
  /** The whole name of a named key, or `default`. */
  name?: string | undefined;
  /** A part of the name of the person who made the key. */
  createdBy?: string | undefined;
  /** The id of the key whose history is open. */
  key?: string | undefined;
}

/** So many people of the project whose name fits are looked for. */
const CREATORS_MAX = 50;

/** A page of all keys of a project, current and past, newest first. */
export async function loadKeyTable(scope: ProjectScope, query: KeyQuery): Promise<KeyTablePage> {
  const state = KEY_STATES.find((known) => known === query.state);
  if (query.state && !state) return { rows: [], next: null, opened: null };
  // By id, so that the index of a project's region serves the filter.
  const region = query.region
    ? await db.region.findUnique({ where: { name: query.region }, select: { id: true } })
    : undefined;
  const creators = query.createdBy ? await findCreators(scope.projectId, query.createdBy) : undefined;
  if (region === null || creators?.length === 0) return { rows: [], next: null, opened: null };
  const keys = await db.accessKey.findMany({
    where: {
      projectId: scope.projectId,
      ...(region ? { regionId: region.id } : {}),
      ...(state ? { state } : {}),
      ...(query.name ? { slot: query.name.normalize() } : {}),
      ...(creators ? { createdById: { in: creators } } : {}),
      ...(query.search ? { accessKeyId: { contains: query.search.toUpperCase().replaceAll(/[^A-Z0-9]/g, "") } } : {}),
      ...(query.cursor ? olderThan(decodeCursor(query.cursor)) : {}),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    include: rowInclude,
  });
  const page = cutPage(keys, PAGE_SIZE);
  const open = page.rows.find(({ id }) => id === query.key);
  const opened = open ? { id: open.id, history: await loadKeyHistory(scope, open.id) } : null;
  return { rows: page.rows.map(composeRow), next: page.next, opened };
}

/** By id, so that the index of a project's creators serves the filter. */
async function findCreators(projectId: string, text: string): Promise<string[]> {
  const people = await db.user.findMany({
    where: { name: containsText(text), createdKeys: { some: { projectId } } },
    take: CREATORS_MAX,
    select: { id: true },
  });
  return people.map(({ id }) => id);
}

/** A line of the key table, without anything secret: there is nothing secret to read. */
export function composeRow(key: KeyWithNames): KeyRow {
  return {
    id: key.id,
    accessKeyId: key.accessKeyId,
    name: nameOfSlot(key.slot),
    access: nameAccessLevel(key.access),
    region: key.region.name,
    state: key.state,
    tellsLastUse: readCapabilities(key.region)?.lastUsed ?? false,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy.name,
    madeFor: key.madeFor?.name ?? null,
    modifiedAt: key.modifiedAt?.toISOString() ?? null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    removeAtExpiration: key.removeAtExpiration,
    endedAt: key.endedAt?.toISOString() ?? null,
    endedBy: key.endedBy?.name ?? null,
    endReason: key.endReason,
    missingSince: key.missingSince?.toISOString() ?? null,
    ...composeLastUse(key),
    receipts: composeReceipts(key),
  };
}
