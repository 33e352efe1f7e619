import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import { RELEASE } from "@/lib/providers/advisories";
import type { FieldText } from "@/lib/providers/fields";

/**
 * Ceph's default of `rgw_cache_expiry_interval`: how long radosgw caches a user record when no notice of a change
 * comes.
 */
const CACHE_SECONDS = 900;

/** The settings of a region on Ceph. */
export const cephRgwSettingsSchema = z.strictObject({
  adminUrl: outboundUrl.meta({
    title: "Admin address",
    description:
      "The address of the Admin Ops API: a gateway, or a radosgw that only the portal reaches. In a multi-site cluster it must be in the master zone, because other zones do not forward changes of keys.",
    kind: "url",
    receivesSecret: true,
  } satisfies FieldText),
  adminPath: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("admin")
    .meta({
      title: "Admin path",
      description: "The cluster's rgw_admin_entry.",
      kind: "text",
    } satisfies FieldText),
  cacheSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(CACHE_SECONDS)
    .meta({
      title: "Cache of users (seconds)",
      description:
        "The cluster's rgw_cache_expiry_interval. A gateway that missed the notice of a removal accepts the key for as long.",
      kind: "number",
    } satisfies FieldText),
  cephRelease: z
    .string()
    .regex(RELEASE)
    .optional()
    .meta({
      title: "Ceph's version",
      description:
        "Such as 19.2.6, or patched for an older one that a distribution has fixed. Ceph does not tell it, and the portal warns of versions with known vulnerabilities.",
      kind: "text",
    } satisfies FieldText),
  /** Whether this version can deactivate a single key; found out by the check. */
  deactivate: z.enum(["key", "none"]).default("none"),
});

/** The key of the admin user, sealed in the region's row. */
export const cephRgwCredentialsSchema = z.strictObject({
  accessKeyId: z
    .string()
    .min(1)
    .meta({
      title: "Access key of the admin user",
      description:
        "The user needs the capabilities users=*, buckets=read and usage=read: radosgw-admin user create --uid=latchkey --display-name=Latchkey --caps='users=*;buckets=read;usage=read'.",
      kind: "text",
    } satisfies FieldText),
  secretAccessKey: z
    .string()
    .min(1)
    .meta({
      title: "Secret key of the admin user",
      description: "The secret_key that radosgw-admin printed with the access key.",
      kind: "secret",
    } satisfies FieldText),
});
