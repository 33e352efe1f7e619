import "server-only";
import { composeRow, rowInclude } from "@/lib/access-keys/loaders/key-table";
import type { KeyRow } from "@/lib/access-keys/schema";
import { cutPage, decodeCursor, olderThan } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import type { Prisma } from "@/prisma/generated/client";

const PAGE_SIZE = 25;

/** A line of a list of keys of several projects. */
export interface KeyOfProject extends KeyRow {
  project: { slug: string; name: string };
}

export interface KeyPage {
  rows: KeyOfProject[];
  next: string | null;
}

/**
 * A page of the keys of all projects with this part in their access key id, newest first. The part has letters and
 * digits only. For those who may find keys: the caller checks.
 */
export async function searchKeys(part: string, cursor: string | undefined): Promise<KeyPage> {
  return composePage(await readPage({ accessKeyId: { contains: part.toUpperCase() } }, cursor));
}

/** The same for the keys of one project. */
export async function listKeysOfProject(projectId: string, cursor: string | undefined): Promise<KeyPage> {
  return composePage(await readPage({ projectId }, cursor));
}

/** The same for the keys that a person made and those that were made for the person. */
export async function listKeysOfPerson(userId: string, cursor: string | undefined): Promise<KeyPage> {
  // Two queries, each by an index in the order of the list. One with OR would sort all keys of the person.
  const [made, received] = await Promise.all([
    readPage({ createdById: userId }, cursor),
    readPage({ madeForId: userId, createdById: { not: userId } }, cursor),
  ]);
  const newestFirst = (one: FoundKey, other: FoundKey) =>
    other.createdAt.getTime() - one.createdAt.getTime() || (other.id > one.id ? 1 : -1);
  return composePage([...made, ...received].sort(newestFirst));
}

const include = {
  ...rowInclude,
  project: { select: { slug: true, name: true } },
} as const satisfies Prisma.AccessKeyInclude;

type FoundKey = Prisma.AccessKeyGetPayload<{ include: typeof include }>;

/** One row more than a page has. */
const readPage = (where: Prisma.AccessKeyWhereInput, cursor: string | undefined): Promise<FoundKey[]> =>
  db.accessKey.findMany({
    where: { ...where, ...(cursor ? olderThan(decodeCursor(cursor)) : {}) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
    include,
  });

function composePage(keys: FoundKey[]): KeyPage {
  const page = cutPage(keys, PAGE_SIZE);
  return { rows: page.rows.map((key) => ({ ...composeRow(key), project: key.project })), next: page.next };
}
