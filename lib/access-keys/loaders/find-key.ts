import "server-only";
import { readKeyHistory } from "@/lib/access-keys/loaders/key-history";
import { composeRow, rowInclude } from "@/lib/access-keys/loaders/key-table";
import { LIVE_STATES } from "@/lib/access-keys/rules";
import type { HistoryLine, KeyRow } from "@/lib/access-keys/schema";
import { recordEvent } from "@/lib/audit/record";
import { type Actor, notFound, type ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";

/** The form of an access key id. Secret keys are longer, or have small letters. */
const ID_FORM = /^[A-Z0-9]{16,32}$/;
const INVALID = "an invalid id";
/** What is often copied along with an id and not seen: characters without width, and spaces. */
const COPIED_ALONG = /[\p{Cf}\s]/gu;

export interface FoundKey extends KeyRow {
  project: { slug: string; name: string };
  history: HistoryLine[];
  /** Whether it can still be disabled. */
  live: boolean;
}

/**
 * The key with exactly this access key id, in whatever project. An id in small letters is found too. For those who may
 * find keys: the caller checks.
 */
export async function findKey(accessKeyId: string): Promise<FoundKey | undefined> {
  return (await readKey(accessKeyId))?.found;
}

/** A key of the project by its access key id, current or past. Throws NOT_FOUND, for a key of another project too. */
export async function loadProjectKey(scope: ProjectScope, accessKeyId: string): Promise<FoundKey> {
  const key = await readKey(accessKeyId, scope.projectId);
  if (!key) throw notFound("key");
  return key.found;
}

/**
 * Finds a key for a person of support, and audits what the person looked for. Somebody may paste a secret key into the
 * field, so text of another form is not recorded. For those who may find keys: the caller checks.
 */
export async function lookUpKey(actor: Actor, typed: string): Promise<FoundKey | undefined> {
  const key = await readKey(typed);
  const text = typed.replaceAll(COPIED_ALONG, "");
  const wanted = key?.found.accessKeyId ?? (ID_FORM.test(text) ? text : INVALID);
  await withTransaction((tx) =>
    recordEvent(tx, {
      event: "key.looked-up",
      outcome: "done",
      actor,
      projectId: key?.projectId,
      data: { wanted, found: key !== undefined },
    }),
  );
  return key?.found;
}

/** `inProject`: only a key of this project is found. */
async function readKey(
  accessKeyId: string,
  inProject?: string,
): Promise<{ projectId: string; found: FoundKey } | undefined> {
  const wanted = accessKeyId.replaceAll(COPIED_ALONG, "");
  if (!/^[A-Za-z0-9]{1,128}$/.test(wanted)) return undefined;
  const key = (await findById(wanted, inProject)) ?? (await findById(wanted.toUpperCase(), inProject));
  if (!key) return undefined;
  const { projectId, project } = key;
  const live = LIVE_STATES.includes(key.state);
  const history = await readKeyHistory({ keyId: key.id });
  return { projectId, found: { ...composeRow(key), project, history, live } };
}

const findById = (accessKeyId: string, inProject: string | undefined) =>
  db.accessKey.findUnique({
    where: { accessKeyId, ...(inProject ? { projectId: inProject } : {}) },
    include: { ...rowInclude, project: { select: { slug: true, name: true } } },
  });
