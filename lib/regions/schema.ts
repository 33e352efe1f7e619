import type { Secret } from "@/lib/platform/secret";
import type { Calibration } from "@/lib/providers/calibration";
import type { Prisma } from "@/prisma/generated/client";

/** What a region is made of. */
export interface RegionInput {
  name: string;
  provider: string;
  endpoint: string;
  signingRegion: string;
  gateways: string[];
  settings: Prisma.InputJsonObject;
  /** The driver's admin credentials as JSON. */
  credentials: Secret;
}

/** A region of which its storage system has said that it would work. */
export interface CheckedRegion extends RegionInput {
  calibration?: Calibration;
  /** Sentences for an admin, not kept. */
  warnings?: readonly string[];
}
