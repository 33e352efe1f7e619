import "server-only";
import { type CurrentKey, markFound, markMissing } from "@/lib/access-keys/data";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import type { Transaction } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { logger } from "@/lib/platform/logger";

/** After the loss of a storage system there are many keys. A transaction must stay short. */
const AT_ONCE = 100;
const LOGGED_MAX = 10;

type Known = Pick<CurrentKey, "id" | "accessKeyId" | "projectId">;

/**
 * Writes down, on each key, in the audit log and in the log, that a complete listing of the storage system does not have
 * current keys. Gives the keys of which this was not known.
 */
export function noteMissing(region: string, keys: readonly Known[]): Promise<Known[]> {
  return noteEach(region, keys, "key.missing-found", markMissing);
}

/** The same for missing keys that the storage system has again. */
export function noteFound(region: string, keys: readonly Known[]): Promise<Known[]> {
  return noteEach(region, keys, "key.found-again", markFound);
}

async function noteEach(
  region: string,
  keys: readonly Known[],
  event: "key.missing-found" | "key.found-again",
  mark: (tx: Transaction, keyId: string, now: Date) => Promise<boolean>,
): Promise<Known[]> {
  const noted: Known[] = [];
  for (let begin = 0; begin < keys.length; begin += AT_ONCE) {
    const batch = keys.slice(begin, begin + AT_ONCE);
    noted.push(...(await withTransaction((tx) => noteBatch(tx, region, batch, event, mark))));
  }
  if (noted.length === 0) return noted;
  const accessKeyIds = noted.slice(0, LOGGED_MAX).map(({ accessKeyId }) => accessKeyId);
  logger.warn({ event, region, keys: noted.length, accessKeyIds }, "the storage system and the portal differ");
  return noted;
}

async function noteBatch(
  tx: Transaction,
  region: string,
  keys: readonly Known[],
  event: "key.missing-found" | "key.found-again",
  mark: (tx: Transaction, keyId: string, now: Date) => Promise<boolean>,
): Promise<Known[]> {
  const now = await readDatabaseClock(tx);
  const noted: Known[] = [];
  for (const key of keys) {
    if (!(await mark(tx, key.id, now))) continue;
    const { id: keyId, projectId, accessKeyId } = key;
    const data = { region, accessKeyId };
    await recordEvent(tx, { event, outcome: "done", actor: SYSTEM_ACTOR, projectId, keyId, data });
    noted.push(key);
  }
  return noted;
}
