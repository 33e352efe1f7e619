import "server-only";
import { db } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { parseMasterKey, unseal } from "@/lib/platform/crypto";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";
import { createProvider } from "@/lib/providers/registry";
import type { Region } from "@/prisma/generated/client";

/** What a sealed credential is bound to: it opens for its own region only. */
export function credentialsContext(regionId: string): string {
  return `region:${regionId}`;
}

/** The guarded driver of a region. Throws when its credentials cannot be opened or its settings do not fit. */
export function openProvider(region: Region): Provider {
  const credentials = region.sealedCredentials
    ? unseal(Buffer.from(region.sealedCredentials), parseMasterKey(env.LATCHKEY_MASTER_KEY), credentialsContext(region.id))
    : "{}";
  const provider = createProvider(region.provider, { ...region, credentials: new Secret(credentials) });
  return guard(provider, region.name, logger);
}

/** A region by name. Throws NOT_FOUND. */
export async function findRegion(name: string): Promise<Region> {
  const region = await db.region.findUnique({ where: { name } });
  if (!region) throw new AppError("NOT_FOUND", "region is not there");
  return region;
}
