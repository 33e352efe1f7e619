import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";

/** How long radosgw keeps user records unless told of a change: `rgw_cache_expiry_interval` as Ceph comes. */
const CACHE_SECONDS = 900;

/** Of several zones, the address is that of the metadata master: changes of keys are not forwarded to it. */
export const cephRgwSettingsSchema = z.strictObject({
  /** Where the Admin Ops API answers; one of the gateways, or one that only the portal reaches. */
  adminUrl: outboundUrl,
  /** The cluster's `rgw_admin_entry`. */
  adminPath: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("admin"),
  /** The cluster's `rgw_cache_expiry_interval`: the longest a gateway that missed a notice accepts a removed key. */
  cacheSeconds: z.coerce.number().int().min(0).max(86_400).default(CACHE_SECONDS),
  /** Whether this version can switch single keys off; found by the check. */
  deactivate: z.enum(["key", "none"]).default("none"),
});

/** Sealed in the region's row. */
export const cephRgwCredentialsSchema = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
});
