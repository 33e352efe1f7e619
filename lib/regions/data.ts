import "server-only";
import { db } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { parseMasterKey, unseal } from "@/lib/platform/crypto";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { type Calibration, calibrationSchema } from "@/lib/providers/calibration";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";
import { createProvider } from "@/lib/providers/registry";
import type { Region } from "@/prisma/generated/client";

/** What a sealed credential is bound to: it opens for its own region only. */
export function credentialsContext(regionId: string): string {
  return `region:${regionId}`;
}

/**
 * The guarded driver of a region. Throws `ProviderError` when its credentials cannot be opened (the master key is
 * another) or its settings do not fit.
 */
export function openProvider(region: Region): Provider {
  const provider = createProvider(region.provider, { ...region, credentials: openCredentials(region) });
  return guard(provider, region.name, logger);
}

function openCredentials(region: Region): Secret {
  if (!region.sealedCredentials) return new Secret("{}");
  try {
    const key = parseMasterKey(env.LATCHKEY_MASTER_KEY);
    return new Secret(unseal(Buffer.from(region.sealedCredentials), key, credentialsContext(region.id)));
  } catch (error) {
    throw new ProviderError("invalid", `the credentials of region "${region.name}" cannot be opened`, { cause: error });
  }
}

/** A region by name. Throws NOT_FOUND. */
export async function findRegion(name: string): Promise<Region> {
  const region = await db.region.findUnique({ where: { name } });
  if (!region) throw new AppError("NOT_FOUND", "region is not there");
  return region;
}

/** What was found out about measuring at the region's gateways; undefined before that. */
export function readCalibration(region: Pick<Region, "calibration">): Calibration | undefined {
  return calibrationSchema.safeParse(region.calibration).data;
}
