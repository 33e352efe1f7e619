import "server-only";
import { createHmac, randomBytes } from "node:crypto";
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
import type { FoundProject, Person, PersonDetail, SearchKind } from "@/lib/support/schema";

// Every search here is audited. They are for those who may find keys: the caller checks.

/** A page of the keys of all projects with this part in their access key id. */
export async function findKeys(actor: Actor, { text, cursor }: PartSearch): Promise<KeyPage> {
  const page = await searchKeys(text, cursor);
  const whole = page.rows.find(({ accessKeyId }) => accessKeyId === text.toUpperCase());
  await auditSearch(actor, { by: "access-key", text, one: whole?.accessKeyId, results: page.rows.length });
  return page;
}

/** A page of the people with this part in their e-mail address. */
export async function findPeople(actor: Actor, search: PartSearch): Promise<Page<Person>> {
  const page = await listPeople(search);
  await auditSearch(actor, { by: "email", text: search.text, results: page.rows.length });
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
  await auditSearch(actor, { by: "email", text, one: found?.person.email, results: found ? 1 : 0 });
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
  await auditSearch(actor, { by: "email", text, results: many.rows.length });
  return { many };
}

export interface FoundProjectKeys {
  project: FoundProject;
  keys: KeyPage;
}

/** A page of the projects with this part in their name or slug. */
export async function findProjects(actor: Actor, search: PartSearch): Promise<Page<FoundProject>> {
  const page = await listProjectsByPart(search);
  await auditSearch(actor, { by: "project", text: search.text, results: page.rows.length });
  return page;
}

/** The project with exactly this slug. `cursor` is one of the keys. */
export async function findProject(actor: Actor, { text, cursor }: PartSearch): Promise<FoundProjectKeys | undefined> {
  const found = await readProject(text);
  const { projectId, project } = found ?? {};
  await auditSearch(actor, { by: "project", text, one: project?.project, projectId, results: found ? 1 : 0 });
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
  await auditSearch(actor, { by: "project", text, results: many.rows.length });
  return { many };
}

interface Searched {
  by: SearchKind;
  text: string;
  /** The one that was asked for and found: an access key id, an e-mail address or a slug. */
  one?: string | undefined;
  /** The project that was found. */
  projectId?: string | undefined;
  /** How many are on the page. */
  results: number;
}

/** Drawn anew with every process, so that nobody can find out a text from what the rate limits keep for an hour. */
const SALT = randomBytes(32);

/**
 * The same search of the same person leaves one line an hour: a list is read page by page. The text is not kept: somebody
 * may have pasted a secret, and what was found says enough. Who may not leave this line reads nothing: throws UNAVAILABLE.
 */
async function auditSearch(
  { userId, name, address, via }: Actor,
  { by, text, one, projectId, results }: Searched,
): Promise<void> {
  const found = results > 0;
  const hash = createHmac("sha256", SALT).update(text.toLowerCase()).digest("base64url");
  try {
    await consumeRateLimit("support-searches", PLATFORM_READS, `${userId}:${by}:${found}:${hash}`);
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
      data: { by, ...(one === undefined ? {} : { wanted: one }), found, results },
    }),
  );
}
