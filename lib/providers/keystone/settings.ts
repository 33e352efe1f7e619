import { z } from "zod";
import { outboundPathUrl, outboundUrl } from "@/lib/platform/net/outbound-url";
import { Secret } from "@/lib/platform/secret";
import { RELEASE } from "@/lib/providers/advisories";
import { ProviderError } from "@/lib/providers/errors";
import type { FieldText } from "@/lib/providers/fields";
import type { RobotAccess } from "@/lib/providers/keystone/robots";
import type { Gateway } from "@/lib/providers/provider";
import type { AdminAccess } from "@/lib/providers/rgw-admin/admin-ops";

/** How long radosgw caches Keystone's answer about a key, when its cache is on; no setting changes that so far. */
const CACHE_SECONDS = 300;

const yesOrNo = z.union([z.boolean(), z.stringbool()]);

const pathWord = z.string().regex(/^[A-Za-z0-9_-]+$/);

/** The settings of a region on Keystone. */
export const keystoneSettingsSchema = z.strictObject({
  identityUrl: outboundPathUrl
    .refine((url) => url.endsWith("/v3"), "a URL that ends in /v3")
    .meta({
      title: "Keystone's address",
      description: "The address of Keystone's API with its version, such as https://keystone.example.org:5000/v3.",
      kind: "url",
      receivesSecret: true,
    } satisfies FieldText),
  userName: z
    .string()
    .min(1)
    .meta({
      title: "Service user",
      description: "The user that the portal signs in as. The user needs the role admin in the project below.",
      kind: "text",
    } satisfies FieldText),
  userDomain: z
    .string()
    .min(1)
    .default("Default")
    .meta({
      title: "Domain of the service user",
      description: "The domain's name.",
      kind: "text",
    } satisfies FieldText),
  projectName: z
    .string()
    .min(1)
    .meta({
      title: "Project of the service user",
      description: "The project in which the service user has the role admin.",
      kind: "text",
    } satisfies FieldText),
  projectDomain: z
    .string()
    .min(1)
    .default("Default")
    .meta({ title: "Domain of this project", description: "The domain's name.", kind: "text" } satisfies FieldText),
  domain: pathWord.default("default").meta({
    title: "Domain id for new projects",
    description: "The id (not the name) of the domain in which the portal creates its projects and robot users.",
    kind: "text",
  } satisfies FieldText),
  role: z
    .string()
    .min(1)
    .default("member")
    .meta({
      title: "Role of the robot users",
      description: "Must be among the gateways' rgw_keystone_accepted_roles.",
      kind: "text",
    } satisfies FieldText),
  cacheSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(CACHE_SECONDS)
    .meta({
      title: "Cache of keys (seconds)",
      description: "The longest time for which a gateway accepts a key that Keystone no longer has; 0 without a cache.",
      kind: "number",
    } satisfies FieldText),
  keystoneRelease: z
    .string()
    .regex(RELEASE)
    .optional()
    .meta({
      title: "Keystone's version",
      description:
        "Such as 29.0.3, or patched for an older one that a distribution has fixed. Keystone does not tell it, and the portal warns of versions with known vulnerabilities.",
      kind: "text",
    } satisfies FieldText),
  rgwAdminUrl: outboundUrl.optional().meta({
    title: "Address of radosgw's admin API",
    description:
      "For usage, quotas, buckets and suspension. Give it together with the access key and the secret key of a radosgw admin user, or leave all three out.",
    kind: "url",
    receivesSecret: true,
  } satisfies FieldText),
  rgwAdminPath: pathWord.default("admin").meta({
    title: "Path of radosgw's admin API",
    description: "The cluster's rgw_admin_entry.",
    kind: "text",
  } satisfies FieldText),
  exclusive: yesOrNo.default(false).meta({
    title: "Only the portal makes keys in its projects",
    description:
      "Then the portal may suspend a project's radosgw user, so that a removed key ends at the next request.",
    kind: "boolean",
  } satisfies FieldText),
});

/** Sealed in the region's row. The key is for the Admin Ops API. */
export const keystoneCredentialsSchema = z.strictObject({
  password: z
    .string()
    .min(1)
    .meta({
      title: "Password of the service user",
      description: "The portal can replace it with one that nobody else knows: rotate the credentials after saving.",
      kind: "secret",
    } satisfies FieldText),
  rgwAccessKeyId: z
    .string()
    .min(1)
    .optional()
    .meta({
      title: "Access key of the radosgw admin user",
      description:
        "The user needs the capabilities users=read and buckets=read, and users=write where the portal suspends.",
      kind: "text",
    } satisfies FieldText),
  rgwSecretAccessKey: z
    .string()
    .min(1)
    .optional()
    .meta({
      title: "Secret key of the radosgw admin user",
      description: "The secret_key that radosgw-admin printed with the access key.",
      kind: "secret",
    } satisfies FieldText),
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
