import type { PlannedSettings } from "@/lib/platform/config/resolve-settings";
import { toLocalUrl } from "@/lib/platform/net/host";
import { OWN_REGIONS } from "@/lib/providers/builtin/own-regions";
import type { BuiltinRegion } from "@/prisma/first-run";

type Addresses = Pick<
  PlannedSettings,
  "HOST" | "S3_PORT" | "S3_ADMIN_PORT" | "LATCHKEY_S3_URL_NORTH" | "LATCHKEY_S3_URL_SOUTH"
>;

/** The regions that the built-in S3 server offers under these settings. */
export function listBuiltinRegions(plan: Addresses): (BuiltinRegion & { port: number })[] {
  const adminUrl = toLocalUrl("127.0.0.1", plan.S3_ADMIN_PORT);
  const urls = { north: plan.LATCHKEY_S3_URL_NORTH, south: plan.LATCHKEY_S3_URL_SOUTH };
  return OWN_REGIONS.map((name, index) => ({ name, endpoint: urls[name], port: plan.S3_PORT + index })).map(
    (region) => ({
      ...region,
      gateway: toLocalUrl(plan.HOST, region.port),
      signingRegion: `${region.name}-1`,
      adminUrl,
    }),
  );
}
