import type { PlannedSettings } from "@/lib/platform/config/resolve-settings";
import { toLocalUrl } from "@/lib/platform/net/host";
import type { BuiltinRegion } from "@/prisma/first-run";

type Addresses = Pick<
  PlannedSettings,
  "HOST" | "S3_PORT" | "S3_ADMIN_PORT" | "LATCHKEY_S3_URL_NORTH" | "LATCHKEY_S3_URL_SOUTH"
>;

/** The regions that the built-in S3 server offers under these settings. */
export function listBuiltinRegions(plan: Addresses): (BuiltinRegion & { port: number })[] {
  const adminUrl = toLocalUrl("127.0.0.1", plan.S3_ADMIN_PORT);
  return [
    { name: "north", endpoint: plan.LATCHKEY_S3_URL_NORTH, port: plan.S3_PORT },
    { name: "south", endpoint: plan.LATCHKEY_S3_URL_SOUTH, port: plan.S3_PORT + 1 },
  ].map((region) => ({
    ...region,
    gateway: toLocalUrl(plan.HOST, region.port),
    signingRegion: `${region.name}-1`,
    adminUrl,
  }));
}
