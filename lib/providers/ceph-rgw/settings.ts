import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";

/**
 * Ceph's default of `rgw_cache_expiry_interval`: how long radosgw caches a user record when no notice of a change
 * comes.
 */
const CACHE_SECONDS = 900;

/** In a multi-site cluster `adminUrl` is in the master zone: other zones do not forward changes of keys to it. */
export const cephRgwSettingsSchema = z.strictObject({
  /** The address of the Admin Ops API: a gateway, or a radosgw that only the portal reaches. */
  adminUrl: outboundUrl,
  /** The cluster's `rgw_admin_entry`. */
  adminPath: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("admin"),
  /** The cluster's `rgw_cache_expiry_interval`: so long a gateway that missed the notice accepts a removed key. */
  cacheSeconds: z.coerce.number().int().min(0).max(86_400).default(CACHE_SECONDS),
  /** Whether this version can deactivate a single key; found out by the check. */
  deactivate: z.enum(["key", "none"]).default("none"),
});

/** The key of the admin user, sealed in the region's row. */
export const cephRgwCredentialsSchema = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
});
