import type { Calibration } from "@/lib/providers/calibration";

/** A gateway may be reconfigured, so each is calibrated once a day. Milliseconds. */
const CALIBRATION_LASTS_MS = 24 * 60 * 60 * 1_000;

/** Whether a region's gateways must be calibrated: never done, done long ago, or not for all of them. */
export function isCalibrationDue(
  { known, at, endpoints }: { known: Calibration | undefined; at: Date | null; endpoints: readonly string[] },
  now: Date,
): boolean {
  if (!known || !at || now.getTime() - at.getTime() >= CALIBRATION_LASTS_MS) return true;
  return endpoints.some((endpoint) => known[endpoint] === undefined);
}
