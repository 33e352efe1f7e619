import { z } from "zod";
import { openSealed } from "@/lib/platform/crypto/master-keys";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { readOpenCredentials } from "@/lib/providers/registry";
import { rotationContext } from "@/lib/regions/data";
import type { OpenRotation } from "@/lib/regions/schema";
import type { Region } from "@/prisma/generated/client";

/**
 * What is open of a rotation. `making`: the secret is the plan, and the present credentials count. `ending`: the secret is
 * the former credentials, and the present ones are the new.
 */
const rotationSchema = z.strictObject({
  phase: z.enum(["making", "ending"]),
  secret: z.string(),
  /** When the plan was written down. */
  plannedAt: z.iso.datetime(),
});
type Rotation = z.infer<typeof rotationSchema>;

/** What is open of a rotation, sealed for its region. */
export function sealRotation(regionId: string, rotation: Rotation): Uint8Array<ArrayBuffer> {
  const key = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  return Uint8Array.from(seal(JSON.stringify(rotation), key, rotationContext(regionId)));
}

/** What is open of a region's rotation. Throws `invalid` when no master key opens it. */
export function openRotation(region: Region): Rotation {
  try {
    const text = openSealed(Buffer.from(region.sealedRotation ?? []), rotationContext(region.id));
    return rotationSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ProviderError("invalid", `the rotation of region "${region.name}" cannot be opened`, { cause: error });
  }
}

/** The same without any secret, for those who manage the installation. Null when no rotation is open. */
export function describeRotation(region: Region): OpenRotation | null {
  if (!region.sealedRotation) return null;
  const { rotationError: problem } = region;
  try {
    const { phase, secret, plannedAt } = openRotation(region);
    return { phase, since: plannedAt, credentials: readOpenCredentials(region.provider, new Secret(secret)), problem };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { phase: null, since: null, credentials: {}, problem: error.message };
  }
}
