import { z } from "zod";
import { Secret } from "@/lib/platform/secret";
import { createBuiltinProvider } from "@/lib/providers/builtin/builtin";
import { OWN_REGIONS } from "@/lib/providers/builtin/own-regions";
import { ANY_STORE, builtinCredentialsSchema, builtinSettingsSchema } from "@/lib/providers/builtin/settings";
import { createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { cephRgwCredentialsSchema, cephRgwSettingsSchema } from "@/lib/providers/ceph-rgw/settings";
import { ProviderError } from "@/lib/providers/errors";
import { type ProviderField, readFields } from "@/lib/providers/fields";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";
import {
  keystoneCredentialsSchema,
  keystoneSettingsSchema,
  readKeystoneOptions,
} from "@/lib/providers/keystone/settings";
import type { Gateway, Provider } from "@/lib/providers/provider";

/** What a region's row holds for its driver, with the credentials unsealed. */
export interface RegionConfiguration {
  name: string;
  signingRegion: string;
  endpoint: string;
  gateways: string[];
  settings: unknown;
  credentials: Secret;
}

/** A kind of storage system: what people call it, and what a region of it takes. */
export interface ProviderForm {
  kind: string;
  title: string;
  description: string;
  settings: ProviderField[];
  credentials: ProviderField[];
}

interface Driver {
  title: string;
  /** Sentences that help to choose it. */
  description: string;
  settings: z.ZodObject;
  credentials: z.ZodObject;
  /** The name of the secret among its credentials; the others may be given on a command line. */
  secretField: string;
  /** The settings that the check finds out; nobody types them. */
  foundSettings?: readonly string[];
  /**
   * What tells one storage system from another of the same kind. Two regions of one system would take each other's keys
   * for unknown ones.
   */
  systemOf: (settings: Readonly<Record<string, unknown>>) => string | undefined;
  /** What an admin does where the portal cannot replace its own credentials. */
  rotatedBy?: string;
  /** The settings that say whose secret a rotation replaces, where it sends this secret to the storage system. */
  rotatesAt?: readonly string[];
  /** The regions of this kind that each start of the portal writes anew. */
  writtenAtStart?: readonly string[];
  create: (region: RegionConfiguration) => Provider;
}

/** A new driver is a new entry here. No other code asks for the kind. */
const DRIVERS: Record<string, Driver> = {
  builtin: {
    title: "Built-in S3 server",
    description: "The evaluation server that comes with the portal. Production belongs on a real storage system.",
    settings: builtinSettingsSchema,
    credentials: builtinCredentialsSchema,
    secretField: "adminToken",
    foundSettings: ["store"],
    writtenAtStart: OWN_REGIONS,
    rotatedBy:
      "The admin token is a setting of the server: change LATCHKEY_S3_ADMIN_TOKEN there, then replace it here.",
    // One server has several regions, each with a store of its own.
    systemOf: ({ store }) => (typeof store === "string" && store !== ANY_STORE ? store : undefined),
    create: (region) => {
      const { adminUrl, store } = builtinSettingsSchema.parse(region.settings);
      const { adminToken } = builtinCredentialsSchema.parse(JSON.parse(region.credentials.reveal()));
      return createBuiltinProvider({
        region: region.name,
        signingRegion: region.signingRegion,
        adminUrl,
        adminToken: new Secret(adminToken),
        gateways: gatewaysOf(region),
        store: store === ANY_STORE ? undefined : store,
      });
    },
  },
  "ceph-rgw": {
    title: "Ceph RADOS Gateway",
    description: "Ceph Pacific or later. The portal makes a radosgw user for each project, with the Admin Ops API.",
    settings: cephRgwSettingsSchema,
    credentials: cephRgwCredentialsSchema,
    secretField: "secretAccessKey",
    foundSettings: ["deactivate"],
    systemOf: ({ adminUrl }) => String(adminUrl),
    create: (region) => {
      const { accessKeyId, secretAccessKey } = cephRgwCredentialsSchema.parse(JSON.parse(region.credentials.reveal()));
      return createCephRgwProvider({
        ...cephRgwSettingsSchema.parse(region.settings),
        signingRegion: region.signingRegion,
        accessKeyId,
        secretAccessKey: new Secret(secretAccessKey),
        gateways: gatewaysOf(region),
      });
    },
  },
  keystone: {
    title: "OpenStack Keystone",
    description:
      "S3 gateways that ask Keystone, such as radosgw. The portal makes a project with a robot user for each project.",
    settings: keystoneSettingsSchema,
    credentials: keystoneCredentialsSchema,
    secretField: "password",
    rotatesAt: ["identityUrl", "userName", "userDomain"],
    systemOf: ({ identityUrl, domain = "default" }) => `${String(identityUrl)} ${String(domain)}`,
    create: ({ settings, signingRegion, endpoint, ...region }) => {
      const credentials: unknown = JSON.parse(region.credentials.reveal());
      const gateways = gatewaysOf({ ...region, endpoint });
      return createKeystoneProvider(readKeystoneOptions({ settings, credentials, signingRegion, endpoint, gateways }));
    },
  },
};

/** Creates the driver of a region. Throws `invalid`, with the names of the settings that are wrong. */
export function createProvider(kind: string, region: RegionConfiguration): Provider {
  const driver = findDriver(kind);
  try {
    return driver.create(region);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const problems = toInvalidSettings(error).map(({ field, problem }) => `${field} ${problem}`.trim());
    const detail = problems.length > 0 ? `: ${problems.join(", ")}` : "";
    throw new ProviderError("invalid", `the settings of region "${region.name}" do not fit its provider${detail}`);
  }
}

/**
 * The credentials of a region in the form that its driver reads: the secret, and the fields that are not secret
 * (`others`). Where a driver takes several secrets, `secret` is a JSON object with all of them. An empty text removes one.
 */
export function composeCredentials(
  kind: string,
  secret: Secret,
  others: Readonly<Record<string, string | undefined>>,
): Secret {
  const fields = parseFields(secret) ?? { [findDriver(kind).secretField]: secret.reveal() };
  const given = Object.entries({ ...others, ...fields }).filter(([, value]) => value !== "");
  return new Secret(JSON.stringify(Object.fromEntries(given)));
}

function parseFields(secret: Secret): Record<string, string> | undefined {
  try {
    return z.record(z.string(), z.string()).safeParse(JSON.parse(secret.reveal())).data;
  } catch {
    return undefined;
  }
}

function findDriver(kind: string): Driver {
  const driver = Object.hasOwn(DRIVERS, kind) ? DRIVERS[kind] : undefined;
  if (driver) return driver;
  throw new ProviderError("invalid", `no provider of the kind "${kind}"; there are ${Object.keys(DRIVERS).join(", ")}`);
}

export interface InvalidSetting {
  /** The name of the setting or the credential; empty when several are concerned. */
  field: string;
  /** What is wrong, as the rest of a sentence that begins with the name. Quotes no value: it may be secret. */
  problem: string;
}

/** The settings and credentials of a region that its driver refuses without a request to the storage system. */
export function findInvalidSettings(kind: string, region: RegionConfiguration): InvalidSetting[] {
  try {
    findDriver(kind).create(region);
    return [];
  } catch (error) {
    if (error instanceof ProviderError) return [{ field: "", problem: error.message }];
    return error instanceof z.ZodError ? toInvalidSettings(error) : [{ field: "", problem: "cannot be read" }];
  }
}

function toInvalidSettings(error: unknown): InvalidSetting[] {
  if (!(error instanceof z.ZodError)) return [];
  return error.issues.flatMap((issue): InvalidSetting[] => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((field) => ({ field, problem: "is unknown" }));
    const isOurs = issue.message.startsWith("a ");
    return [{ field: issue.path.join("."), problem: isOurs ? `must be ${issue.message}` : "is missing or wrong" }];
  });
}

/** The name of the credential that is the main secret of a kind: the one that a rotation replaces. */
export function nameSecretField(kind: string): string {
  return findDriver(kind).secretField;
}

/** Whether two sets of credentials have the same main secret. */
export function haveSameSecret(kind: string, one: Secret, other: Secret): boolean {
  const field = nameSecretField(kind);
  const [first, second] = [one, other].map((credentials) => parseFields(credentials)?.[field]);
  return first !== undefined && first === second;
}

/** The names of all credentials that are there. */
export function listCredentialNames(credentials: Secret): string[] {
  return Object.keys(parseFields(credentials) ?? {});
}

/** Whether a credential is secret: every field is, except those that the driver explains as no secret. */
export function isSecretField(kind: string, field: string): boolean {
  const known = readFields(findDriver(kind).credentials).find(({ name }) => name === field);
  return known === undefined || known.kind === "secret";
}

/** The credentials that are no secret, by their names. */
export function readOpenCredentials(kind: string, credentials: Secret): Record<string, string> {
  const fields = Object.entries(parseFields(credentials) ?? {});
  return Object.fromEntries(fields.filter(([name]) => !isSecretField(kind, name)));
}

/** The settings without those that the check found out. */
export function omitFoundSettings<T>(kind: string, settings: Readonly<Record<string, T>>): Record<string, T> {
  const found = findDriver(kind).foundSettings ?? [];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !found.includes(name)));
}

/**
 * The settings with which a region takes whatever store its storage system has at the next check. Undefined where a
 * storage system of this kind has no id of its store.
 */
export function acceptAnyStore<T>(
  kind: string,
  settings: Readonly<Record<string, T>>,
): Record<string, T | string> | undefined {
  return findDriver(kind).foundSettings?.includes("store") ? { ...settings, store: ANY_STORE } : undefined;
}

/** What a region of each kind of storage system takes. */
export function listProviderForms(): ProviderForm[] {
  return Object.entries(DRIVERS).map(([kind, { title, description, settings, credentials }]) => ({
    kind,
    title,
    description,
    settings: readFields(settings),
    credentials: readFields(credentials),
  }));
}

/**
 * A text that is the same for two regions of one storage system. Undefined where the settings do not tell it. Throws
 * `invalid` for an unknown kind.
 */
export function nameSystem(kind: string, settings: Readonly<Record<string, unknown>>): string | undefined {
  return findDriver(kind).systemOf(settings);
}

/** Why the portal cannot replace its own credentials there. Undefined: it can. */
export function explainNoRotation(kind: string): string | undefined {
  return findDriver(kind).rotatedBy;
}

/** The settings that say whose secret a rotation sends to the storage system. None where it only signs with secrets. */
export function listRotationFields(kind: string): ProviderField[] {
  const { settings, rotatesAt = [] } = findDriver(kind);
  return readFields(settings).filter(({ name }) => rotatesAt.includes(name));
}

/** What people call this kind of storage system. The kind itself where this version does not know it. */
export function nameKind(kind: string): string {
  return Object.hasOwn(DRIVERS, kind) ? findDriver(kind).title : kind;
}

/** Whether each start of the portal writes the addresses and credentials of this region anew. */
export function isWrittenAtStart({ provider, name }: { provider: string; name: string }): boolean {
  return Object.hasOwn(DRIVERS, provider) && (findDriver(provider).writtenAtStart?.includes(name) ?? false);
}

/** The kinds of all providers. */
export function listProviderKinds(): string[] {
  return Object.keys(DRIVERS);
}

function gatewaysOf(region: Pick<RegionConfiguration, "name" | "endpoint" | "gateways">): Gateway[] {
  const [only = region.endpoint, ...more] = region.gateways;
  if (more.length === 0) return [{ name: region.name, endpoint: only }];
  return region.gateways.map((endpoint, index) => ({ name: `gateway ${index + 1}`, endpoint }));
}
