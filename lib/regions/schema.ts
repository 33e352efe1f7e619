import type { Secret } from "@/lib/platform/secret";
import type { Calibration } from "@/lib/providers/calibration";
import type { StepFinding } from "@/lib/providers/steps";
import type { Prisma } from "@/prisma/generated/client";

/** The input that makes a region. */
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

/** Told each finding of a check as it comes. */
export type Report = (finding: StepFinding) => void;

/** A region that has passed its check. */
export interface CheckedRegion extends RegionInput {
  calibration?: Calibration;
  /** Whether clients must leave the checksums of uploads out; null where it could not be tried. */
  plainUploads?: boolean | null;
  /** Whether it was there already and its keys were found again; false where it had none to look for. */
  hasFoundKeys?: boolean;
  /** Sentences for an admin. */
  warnings?: readonly string[];
}

/** A region as those who run the installation see it. Times are ISO 8601. */
export interface RegionRow {
  id: string;
  name: string;
  provider: string;
  endpoint: string;
  signingRegion: string;
  checkedAt: string | null;
  /** Why the last check failed. */
  checkError: string | null;
  /** Since when every check has failed. */
  failingSince: string | null;
  disabledAt: string | null;
  /** Changes that are decided and not carried out: keys to be removed and operations to be undone; null for none. */
  waiting: { changes: number; since: string } | null;
  /** How many current keys the storage system does not know. */
  missingKeys: number;
}
