import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { isSealedWith, keyIdOf, parseMasterKey } from "@/lib/platform/crypto/seal";
import { withTransaction } from "@/lib/platform/db/transaction";
import type { Transaction } from "@/lib/platform/db/client";
import { lockName } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { resealRegions } from "@/lib/regions/mutations";
import { drawSecret, readStoredSecrets, writeStoredSecrets } from "@/lib/platform/config/stored-secrets";
import type { PrismaClient } from "@/prisma/generated/client";

export interface Rotation {
  /** How many regions' credentials another key had sealed until now. */
  regions: number;
  /** Names the key that seals now. */
  keyId: string;
  /** Whether the key was drawn here, into the data folder. */
  drawn: boolean;
}

type Keys = { LATCHKEY_DATA_DIR: string; LATCHKEY_MASTER_KEY: string; LATCHKEY_MASTER_KEY_FORMER: string };

const ROTATE_WITHIN_MS = 60_000;

/**
 * Seals everything with another master key: one that is drawn here, where the present one was, else the one that the
 * operator gives beside the former. The new key is on the disk, beside the former ones, before anything is sealed with
 * it: killed anywhere, every start opens everything, and the same command goes on. Throws CONFLICT, and changes
 * nothing, when some credentials cannot be opened.
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

/** Lets one at a time change the keys: of two the second would draw a key that the first does not know. */
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
      "Give the new key as LATCHKEY_MASTER_KEY and the present one as LATCHKEY_MASTER_KEY_FORMER, to every process; then rotate.",
    );
  }
  const newest = parseMasterKey(stored.LATCHKEY_MASTER_KEY ?? present);
  const regions = await tx.region.findMany({
    where: { sealedCredentials: { not: null } },
    select: { sealedCredentials: true },
  });
  const isUnfinished =
    former.length > 0 &&
    regions.some(({ sealedCredentials }) => !isSealedWith(Buffer.from(sealedCredentials ?? []), newest));
  if (isUnfinished) return { key: newest, drawn: false };
  // Refuses before there is another key, where it must.
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
