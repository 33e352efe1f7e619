import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { keyIdOf, parseMasterKey } from "@/lib/platform/crypto/seal";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Transaction } from "@/lib/platform/db/client";
import { lockName } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { isSealedBy, resealRegions, SEALED } from "@/lib/regions/master-key/reseal-regions";
import { drawSecret, readStoredSecrets, writeStoredSecrets } from "@/lib/platform/config/stored-secrets";
import type { PrismaClient } from "@/prisma/generated/client";

export interface Rotation {
  /** The number of regions whose credentials another key had sealed before. */
  regions: number;
  /** The id of the key that seals now, in hexadecimal. */
  keyId: string;
  /** Whether the rotation drew the key and wrote it to the data folder. */
  drawn: boolean;
}

type Keys = { LATCHKEY_DATA_DIR: string; LATCHKEY_MASTER_KEY: string; LATCHKEY_MASTER_KEY_FORMER: string };

const ROTATE_WITHIN_MS = 60_000;

/**
 * Seals the credentials of all regions with a new master key. When the data folder holds the present key, the rotation
 * draws the new key. Otherwise the operator gives the new key together with the former key. A drawn key is on the disk,
 * beside the former keys, before it seals anything. After a kill at any time, every start can open all credentials, and
 * the same command continues the rotation. Throws CONFLICT, and changes nothing, when some credentials cannot be
 * opened. Throws BAD_INPUT when the operator must give the new key and did not.
 */
export async function rotateMasterKey(database: PrismaClient, settings: Keys, by: AuditActor): Promise<Rotation> {
  return withTransaction(
    async (tx) => {
      await lockMasterKey(tx);
      const { key, drawn } = await chooseKey(tx, settings);
      const regions = await resealRegions(tx, key);
      const keyId = keyIdOf(key).toString("hex");
      if (regions > 0)
        await recordEvent(tx, { event: "master-key.rotated", outcome: "done", actor: by, data: { keyId, regions } });
      return { regions, keyId, drawn };
    },
    { client: database, timeoutMs: ROTATE_WITHIN_MS },
  );
}

/**
 * Locks the master keys until the transaction ends. Two rotations at once would draw keys that the other does not know.
 */
export async function lockMasterKey(tx: Transaction): Promise<void> {
  await lockName(tx, "latchkey master key");
}

async function chooseKey(tx: Transaction, settings: Keys): Promise<{ key: Buffer; drawn: boolean }> {
  const stored = readStoredSecrets(settings.LATCHKEY_DATA_DIR);
  const present = settings.LATCHKEY_MASTER_KEY;
  const former = stored.LATCHKEY_MASTER_KEY_FORMER?.split(",") ?? [];
  if (stored.LATCHKEY_MASTER_KEY !== present && !former.includes(present)) {
    if (settings.LATCHKEY_MASTER_KEY_FORMER) return { key: parseMasterKey(present), drawn: false };
    throw refuse(
      "Give every process the new key as LATCHKEY_MASTER_KEY and the present key as LATCHKEY_MASTER_KEY_FORMER. Then rotate.",
    );
  }
  const newest = parseMasterKey(stored.LATCHKEY_MASTER_KEY ?? present);
  const regions = await tx.region.findMany({
    where: SEALED,
    select: { sealedCredentials: true, sealedRotation: true },
  });
  const isUnfinished = former.length > 0 && regions.some((region) => !isSealedBy(region, newest));
  if (isUnfinished) return { key: newest, drawn: false };
  // Throws CONFLICT before a new key is written, when some credentials cannot be opened.
  await resealRegions(tx, newest);
  const next = drawSecret();
  const keys = [stored.LATCHKEY_MASTER_KEY ?? present, ...former].join(",");
  writeStoredSecrets(settings.LATCHKEY_DATA_DIR, {
    ...stored,
    LATCHKEY_MASTER_KEY: next,
    LATCHKEY_MASTER_KEY_FORMER: keys,
  });
  return { key: parseMasterKey(next), drawn: true };
}

function refuse(userMessage: string): AppError {
  return new AppError("BAD_INPUT", "no key to rotate to", { userMessage });
}
