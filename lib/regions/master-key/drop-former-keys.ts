import { withTransaction } from "@/lib/platform/db/transaction";
import { statSync } from "node:fs";
import { isSealedWith, parseMasterKey } from "@/lib/platform/crypto/seal";
import { holdsBuiltinSeals } from "@/lib/regions/master-key/built-in-seals";
import { pathOfSecrets, readStoredSecrets, writeStoredSecrets } from "@/lib/platform/config/stored-secrets";
import { SEALED } from "@/lib/regions/master-key/reseal-regions";
import { lockMasterKey } from "@/lib/regions/master-key/rotate-master-key";
import type { PrismaClient } from "@/prisma/generated/client";

/** A command that started with the former key has ended after this time. Milliseconds. */
const KEPT_MS = 60 * 60 * 1_000;

/**
 * Removes the former master keys that are no longer needed from the data folder, and returns their number. A key is
 * needed while it seals a region's credentials or an entry in the built-in server's journals. The built-in server must
 * not run. Does nothing within an hour of a rotation. A kill at any time is safe: a key is either still there or was
 * not needed.
 */
export async function dropFormerKeys(
  database: PrismaClient,
  settings: { LATCHKEY_DATA_DIR: string; LATCHKEY_MASTER_KEY: string },
  now: Date,
): Promise<number> {
  const folder = settings.LATCHKEY_DATA_DIR;
  if (!readStoredSecrets(folder).LATCHKEY_MASTER_KEY_FORMER) return 0;
  return withTransaction(
    async (tx) => {
      await lockMasterKey(tx);
      const { LATCHKEY_MASTER_KEY_FORMER: list = "", ...stored } = readStoredSecrets(folder);
      // Another process has rotated the key in the meantime. This start still seals with its own key, now a former key.
      if (stored.LATCHKEY_MASTER_KEY !== settings.LATCHKEY_MASTER_KEY) return 0;
      if (now.getTime() - statSync(pathOfSecrets(folder)).mtimeMs < KEPT_MS) return 0;
      const regions = await tx.region.findMany({
        where: SEALED,
        select: { sealedCredentials: true, sealedRotation: true },
      });
      const seals = regions.flatMap((region) => [region.sealedCredentials, region.sealedRotation]);
      const isNeeded = async (key: Buffer) =>
        seals.some((sealed) => isSealedWith(Buffer.from(sealed ?? []), key)) || holdsBuiltinSeals(folder, key);
      const former = list.split(",").filter(Boolean);
      const needed: string[] = [];
      for (const text of former) if (await isNeeded(parseMasterKey(text))) needed.push(text);
      if (needed.length === former.length) return 0;
      writeStoredSecrets(folder, {
        ...stored,
        ...(needed.length > 0 ? { LATCHKEY_MASTER_KEY_FORMER: needed.join(",") } : {}),
      });
      return former.length - needed.length;
    },
    { client: database },
  );
}
