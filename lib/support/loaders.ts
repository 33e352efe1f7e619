import "server-only";
import { type KeyPage, listKeysOfPerson, listKeysOfProject, searchKeys } from "@/lib/access-keys/loaders/search-keys";
import { recordEvent } from "@/lib/audit/record";
import { consumeRateLimit, PLATFORM_READS } from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import {
  listPeople,
  listProjectsByPart,
  type Page,
  type PartSearch,
  readPerson,
  readProject,
} from "@/lib/support/data";
import { textToKeep } from "@/lib/support/rules";
import type { FoundProject, Person, PersonDetail, SearchKind } from "@/lib/support/schema";

// Every search here is audited. They are for those who may find keys: the caller checks.

/** A page of the keys of all projects with this part in their access key id. */
export async function findKeys(actor: Actor, { text, cursor }: PartSearch): Promise<KeyPage> {
  const page = await searchKeys(text, cursor);
  await auditSearch(actor, "access-key", text, page.rows.length > 0);
  return page;
}

/** A page of the people with this part in their e-mail address. */
export async function findPeople(actor: Actor, search: PartSearch): Promise<Page<Person>> {
  const page = await listPeople(search);
  await auditSearch(actor, "email", search.text, page.rows.length > 0);
  return page;
}

export interface FoundPerson {
  person: PersonDetail;
  /** A page of the keys that the person made, and of those made for the person. */
  keys: KeyPage;
}

/** The person with exactly this e-mail address. `cursor` is one of the keys. */
export async function findPerson(actor: Actor, { text, cursor }: PartSearch): Promise<FoundPerson | undefined> {
  const found = await readPerson(text);
  await auditSearch(actor, "email", text, found !== undefined);
  return found && { person: found.person, keys: await listKeysOfPerson(found.userId, cursor) };
}

/** The person with this e-mail address or the only one with this part in it, else the people with this part. */
export async function searchByEmail(
  actor: Actor,
  search: PartSearch,
): Promise<{ one: FoundPerson } | { many: Page<Person> }> {
  const { text, cursor } = search;
  const exact = (await readPerson(text)) && (await findPerson(actor, search));
  if (exact) return { one: exact };
  const many = await listPeople(search);
  const [only, ...more] = many.rows;
  const one = only && more.length === 0 && !cursor ? await findPerson(actor, { text: only.email }) : undefined;
  if (one) return { one };
  await auditSearch(actor, "email", text, many.rows.length > 0);
  return { many };
}

export interface FoundProjectKeys {
  project: FoundProject;
  keys: KeyPage;
}

/** A page of the projects with this part in their name or slug. */
export async function findProjects(actor: Actor, search: PartSearch): Promise<Page<FoundProject>> {
  const page = await listProjectsByPart(search);
  await auditSearch(actor, "project", search.text, page.rows.length > 0);
  return page;
}

/** The project with exactly this slug. `cursor` is one of the keys. */
export async function findProject(actor: Actor, { text, cursor }: PartSearch): Promise<FoundProjectKeys | undefined> {
  const found = await readProject(text);
  await auditSearch(actor, "project", text, found !== undefined, found?.projectId);
  return found && { project: found.project, keys: await listKeysOfProject(found.projectId, cursor) };
}

/** The project with this slug or the only one with this part in its name or slug, else the projects with this part. */
export async function searchByProject(
  actor: Actor,
  search: PartSearch,
): Promise<{ one: FoundProjectKeys } | { many: Page<FoundProject> }> {
  const { text, cursor } = search;
  const exact = (await readProject(text)) && (await findProject(actor, search));
  if (exact) return { one: exact };
  const many = await listProjectsByPart(search);
  const [only, ...more] = many.rows;
  const one = only && more.length === 0 && !cursor ? await findProject(actor, { text: only.project }) : undefined;
  if (one) return { one };
  await auditSearch(actor, "project", text, many.rows.length > 0);
  return { many };
}

/**
 * The same search of the same person leaves one line an hour: a list is read page by page. Who may not leave this line
 * reads nothing: throws UNAVAILABLE.
 */
async function auditSearch(
  { userId, name, address, via }: Actor,
  by: SearchKind,
  text: string,
  found: boolean,
  projectId?: string,
): Promise<void> {
  const wanted = textToKeep(text);
  try {
    await consumeRateLimit(
      "support-searches",
      PLATFORM_READS,
      `${userId}:${by}:${found}:${wanted ?? ""}:${projectId ?? ""}`,
    );
  } catch (error) {
    if (error instanceof AppError && error.code === "RATE_LIMITED") return;
    throw error;
  }
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "support.searched",
      outcome: "done",
      actor: { userId, name, address, via },
      projectId,
      data: { by, ...(wanted === undefined ? {} : { wanted }), found },
    }),
  );
}
