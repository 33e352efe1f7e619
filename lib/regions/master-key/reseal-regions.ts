import { openSealed } from "@/lib/platform/crypto/master-keys";
import { isSealedWith, seal } from "@/lib/platform/crypto/seal";
import type { Transaction } from "@/lib/platform/db/client";
import { lockRows } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { credentialsContext, rotationContext } from "@/lib/regions/data";
import type { Prisma, Region } from "@/prisma/generated/client";

/** The regions with something that a master key sealed. */
export const SEALED = {
  OR: [{ sealedCredentials: { not: null } }, { sealedRotation: { not: null } }],
} satisfies Prisma.RegionWhereInput;

type Seals = Pick<Region, "sealedCredentials" | "sealedRotation">;

/** Whether a key has sealed all that is sealed of a region: its credentials, and what is open of their rotation. */
export function isSealedBy({ sealedCredentials, sealedRotation }: Seals, masterKey: Buffer): boolean {
  return [sealedCredentials, sealedRotation].every((sealed) => !sealed || isSealedWith(Buffer.from(sealed), masterKey));
}

/**
 * Seals with `masterKey` the credentials of every region that another key sealed, with what is open of their rotation,
 * and tells how many regions. Throws CONFLICT and changes nothing where some cannot be opened.
 */
export async function resealRegions(tx: Transaction, masterKey: Buffer): Promise<number> {
  const all = await tx.region.findMany({ select: { id: true } });
  await lockRows(
    tx,
    "regions",
    all.map(({ id }) => id),
  );
  const regions = await tx.region.findMany({ where: SEALED, orderBy: { name: "asc" } });
  const closed = regions.filter((region) => !canOpen(region)).map(({ name }) => name);
  if (closed.length > 0) {
    const userMessage = `Nothing was changed: no key here opens the credentials of ${closed.join(", ")}. Give the key that sealed them as LATCHKEY_MASTER_KEY_FORMER, or the credentials anew with region change --credentials.`;
    throw new AppError("CONFLICT", "credentials that cannot be opened", { userMessage });
  }
  const others = regions.filter((region) => !isSealedBy(region, masterKey));
  for (const { id, sealedCredentials, sealedRotation } of others) {
    const reseal = (sealed: Uint8Array | null, context: string) =>
      sealed && Uint8Array.from(seal(openSealed(Buffer.from(sealed), context), masterKey, context));
    const data = {
      sealedCredentials: reseal(sealedCredentials, credentialsContext(id)),
      sealedRotation: reseal(sealedRotation, rotationContext(id)),
    };
    await tx.region.update({ where: { id }, data });
  }
  return others.length;
}

function canOpen({ id, sealedCredentials, sealedRotation }: Region): boolean {
  try {
    if (sealedCredentials) openSealed(Buffer.from(sealedCredentials), credentialsContext(id));
    if (sealedRotation) openSealed(Buffer.from(sealedRotation), rotationContext(id));
    return true;
  } catch {
    return false;
  }
}
