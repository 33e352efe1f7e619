import { z } from "zod";
import { outboundPathUrl, outboundUrl } from "@/lib/platform/net/outbound-url";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { RobotAccess } from "@/lib/providers/keystone/robots";
import type { Gateway } from "@/lib/providers/provider";
import type { AdminAccess } from "@/lib/providers/rgw-admin/admin-ops";

/** How long radosgw keeps what Keystone said of a pair: fixed in the releases so far, where its cache is on. */
const CACHE_SECONDS = 300;

const yesOrNo = z.union([z.boolean(), z.stringbool()]);

const keystoneSettingsSchema = z.strictObject({
  /** Where Keystone's API answers, with its version: https://keystone.example.org:5000/v3. */
  identityUrl: outboundPathUrl.refine((url) => url.endsWith("/v3"), "a URL that ends in /v3"),
  /** The service user that the portal signs in as. It needs the role admin in its project. */
  userName: z.string().min(1),
  userDomain: z.string().min(1).default("Default"),
  projectName: z.string().min(1),
  projectDomain: z.string().min(1).default("Default"),
  /** The id, not the name, of the domain in which projects and robots are made. */
  domain: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("default"),
  /** What a robot may do in its project; among the gateways' `rgw_keystone_accepted_roles`, and no more than that. */
  role: z.string().min(1).default("member"),
  /** The longest that a gateway accepts a pair after Keystone has forgotten it; 0 where its cache is off. */
  cacheSeconds: z.coerce.number().int().min(0).max(86_400).default(CACHE_SECONDS),
  /** Keystone's version, such as 29.0.3, which its API does not tell; `patched` where a distribution has mended an older one. */
  keystoneRelease: z
    .string()
    .regex(/^(\d+\.\d+\.\d+|patched)$/)
    .optional(),
  /** Where radosgw's Admin Ops API answers, for usage, quotas, buckets and suspension. */
  rgwAdminUrl: outboundUrl.optional(),
  /** The cluster's `rgw_admin_entry`. */
  rgwAdminPath: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default("admin"),
  /** Whether the operator declares that nobody but the portal makes keys in its projects: they may be suspended then. */
  exclusive: yesOrNo.default(false),
});

/** Sealed in the region's row. The pair is the Admin Ops API's. */
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
  /** The Admin Ops API of the radosgw behind, where the portal may use it. */
  rgw: AdminAccess | undefined;
  exclusive: boolean;
}

/** Puts what a region's row holds together. Throws `invalid` when only a part of what belongs together is given. */
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
      "rgwAdminUrl, rgwAccessKeyId and rgwSecretAccessKey are given together or not at all",
    );
  }
  if (settings.exclusive && given.length === 0)
    throw new ProviderError("invalid", "exclusive needs rgwAdminUrl and its pair");
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
