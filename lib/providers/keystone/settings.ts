import { z } from "zod";
import { outboundPathUrl, outboundUrl } from "@/lib/platform/net/outbound-url";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { RobotAccess } from "@/lib/providers/keystone/robots";
import type { Gateway } from "@/lib/providers/provider";
import type { AdminAccess } from "@/lib/providers/rgw-admin/admin-ops";

/** How long radosgw caches Keystone's answer about a key, when its cache is on; no setting changes that so far. */
const CACHE_SECONDS = 300;

const yesOrNo = z.union([z.boolean(), z.stringbool()]);

const keystoneSettingsSchema = z.strictObject({
  /** The address of Keystone's API with its version: https://keystone.example.org:5000/v3. */
  identityUrl: outboundPathUrl.refine((url) => url.endsWith("/v3"), "a URL that ends in /v3"),
  /** The service user that the portal signs in as. It needs the role admin in its project. */
  userName: z.string().min(1),
  userDomain: z.string().min(1).default("Default"),
  projectName: z.string().min(1),
  projectDomain: z.string().min(1).default("Default"),
  /** The id (not the name) of the domain in which projects and robots are created. */
  domain: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("default"),
  /** The robot's role in its project. It must be among the gateways' `rgw_keystone_accepted_roles`. */
  role: z.string().min(1).default("member"),
  /** The longest time for which a gateway accepts a key that Keystone no longer has; 0 where the cache is off. */
  cacheSeconds: z.coerce.number().int().min(0).max(86_400).default(CACHE_SECONDS),
  /** Keystone's release, such as 29.0.3, or `patched` for an older one that a distribution has fixed. */
  keystoneRelease: z
    .string()
    .regex(/^(\d+\.\d+\.\d+|patched)$/)
    .optional(),
  /** The address of radosgw's Admin Ops API, for usage, quotas, buckets and suspension. */
  rgwAdminUrl: outboundUrl.optional(),
  /** The cluster's `rgw_admin_entry`. */
  rgwAdminPath: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("admin"),
  /** The operator declares that only the portal creates keys in its projects. Then the portal may suspend them. */
  exclusive: yesOrNo.default(false),
});

/** Sealed in the region's row. The key is for the Admin Ops API. */
const keystoneCredentialsSchema = z.strictObject({
  password: z.string().min(1),
  rgwAccessKeyId: z.string().min(1).optional(),
  rgwSecretAccessKey: z.string().min(1).optional(),
});

export interface KeystoneOptions extends RobotAccess {
  signingRegion: string;
  endpoint: string;
  gateways: Gateway[];
  cacheSeconds: number;
  keystoneRelease: string | undefined;
  /** Access to radosgw's Admin Ops API, where the operator gave it. */
  rgw: AdminAccess | undefined;
  exclusive: boolean;
}

/** Reads the driver's options from a region. Throws `invalid` when only a part of radosgw's access is given. */
export function readKeystoneOptions(region: {
  settings: unknown;
  credentials: unknown;
  signingRegion: string;
  endpoint: string;
  gateways: Gateway[];
}): KeystoneOptions {
  const { signingRegion, endpoint, gateways } = region;
  const { rgwAdminUrl, rgwAdminPath, keystoneRelease, ...settings } = keystoneSettingsSchema.parse(region.settings);
  const { password, rgwAccessKeyId, rgwSecretAccessKey } = keystoneCredentialsSchema.parse(region.credentials);
  const given = [rgwAdminUrl, rgwAccessKeyId, rgwSecretAccessKey].filter((one) => one !== undefined);
  if (given.length > 0 && given.length < 3) {
    throw new ProviderError(
      "invalid",
      "rgwAdminUrl, rgwAccessKeyId and rgwSecretAccessKey must be given together or not at all",
    );
  }
  if (settings.exclusive && given.length === 0)
    throw new ProviderError("invalid", "exclusive needs rgwAdminUrl and its access key");
  const rgw =
    rgwAdminUrl && rgwAccessKeyId && rgwSecretAccessKey
      ? {
          adminUrl: rgwAdminUrl,
          adminPath: rgwAdminPath,
          signingRegion,
          accessKeyId: rgwAccessKeyId,
          secretAccessKey: new Secret(rgwSecretAccessKey),
        }
      : undefined;
  return { ...settings, keystoneRelease, password: new Secret(password), signingRegion, endpoint, gateways, rgw };
}
