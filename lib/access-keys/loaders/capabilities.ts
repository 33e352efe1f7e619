import "server-only";
import { logger } from "@/lib/platform/logger";
import type { Capabilities } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/** What the storage system of a region can do. Undefined for a region whose settings or credentials do not open: it must not take the other cards with it. */
export function readCapabilities(region: Region): Capabilities | undefined {
  try {
    return openProvider(region).capabilities;
  } catch (error) {
    logger.error({ err: error, region: region.name }, "the region cannot be opened");
    return undefined;
  }
}
