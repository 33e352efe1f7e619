import type { Calibration } from "@/lib/providers/calibration";
import type { StepFinding } from "@/lib/providers/steps";
import type { Region } from "@/prisma/generated/client";

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

/** What a check says of uploads with checksums. Null: it could not be tried. */
export function describeUploads(plainUploads: boolean | null): Pick<StepFinding, "outcome" | "text"> {
  if (plainUploads === null) return { outcome: "warning", text: "uploads with checksums could not be tried" };
  if (!plainUploads) return { outcome: "passed", text: "uploads with checksums are stored as they were sent" };
  const text = "uploads with checksums fail there: the settings that the portal offers to clients leave them out";
  return { outcome: "warning", text };
}

/** The S3 addresses at which keys of a region are checked. */
export function listAddresses({ endpoint, gateways }: { endpoint: string; gateways: string[] }): string[] {
  return gateways.length > 0 ? gateways : [endpoint];
}

/** A text without a capital letter and a full stop as a sentence. An address or a name in front keeps its letters. */
export function toSentence(text: string): string {
  const begun = /^[a-z]+(-[a-z]+)? /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

type Saved = Pick<
  Region,
  "endpoint" | "signingRegion" | "gateways" | "settings" | "declared" | "sealedCredentials" | "sealedRotation"
>;

/** Whether a region is as it was read before, as far as people change it. Undefined: there is none. */
export function isSameRegion(before: Saved | undefined, now: Saved | undefined): boolean {
  const factsOf = (region: Saved | undefined) =>
    region &&
    JSON.stringify([
      region.endpoint,
      region.signingRegion,
      region.gateways,
      region.settings,
      region.declared,
      Buffer.from(region.sealedCredentials ?? []).toString("base64"),
      Buffer.from(region.sealedRotation ?? []).toString("base64"),
    ]);
  return factsOf(before) === factsOf(now);
}
