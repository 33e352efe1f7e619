import { z } from "zod";
import { Secret } from "@/lib/platform/secret";
import { createBuiltinProvider } from "@/lib/providers/builtin/builtin";
import { builtinCredentialsSchema, builtinSettingsSchema } from "@/lib/providers/builtin/settings";
import { createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { cephRgwCredentialsSchema, cephRgwSettingsSchema } from "@/lib/providers/ceph-rgw/settings";
import { ProviderError } from "@/lib/providers/errors";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";
import { readKeystoneOptions } from "@/lib/providers/keystone/settings";
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

interface Driver {
  /** The field of its credentials that is secret; the others may stand on a command line. */
  secretField: string;
  create: (region: RegionConfiguration) => Provider;
}

/** Adding a driver is adding an entry here; nobody else asks for the kind. */
const DRIVERS: Record<string, Driver> = {
  builtin: {
    secretField: "adminToken",
    create: (region) => {
      const { adminUrl } = builtinSettingsSchema.parse(region.settings);
      const { adminToken } = builtinCredentialsSchema.parse(JSON.parse(region.credentials.reveal()));
      return createBuiltinProvider({
        region: region.name,
        signingRegion: region.signingRegion,
        adminUrl,
        adminToken: new Secret(adminToken),
        gateways: gatewaysOf(region),
      });
    },
  },
  "ceph-rgw": {
    secretField: "secretAccessKey",
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
    secretField: "password",
    create: ({ settings, signingRegion, endpoint, ...region }) => {
      const credentials: unknown = JSON.parse(region.credentials.reveal());
      const gateways = gatewaysOf({ ...region, endpoint });
      return createKeystoneProvider(readKeystoneOptions({ settings, credentials, signingRegion, endpoint, gateways }));
    },
  },
};

/** Makes the driver of a region. Throws `invalid` for an unknown kind or settings of the wrong form, and names them. */
export function createProvider(kind: string, region: RegionConfiguration): Provider {
  const driver = findDriver(kind);
  try {
    return driver.create(region);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const detail = error instanceof z.ZodError ? `: ${describeIssues(error)}` : "";
    throw new ProviderError("invalid", `the settings of region "${region.name}" do not fit its provider${detail}`);
  }
}

/**
 * The credentials of a region in the form its driver reads: its secret, and the fields that are not. A secret that is
 * a JSON object holds the fields itself, where a driver takes several secrets.
 */
export function composeCredentials(kind: string, secret: Secret, others: Readonly<Record<string, string | undefined>>): Secret {
  const fields = parseFields(secret) ?? { [findDriver(kind).secretField]: secret.reveal() };
  return new Secret(JSON.stringify({ ...others, ...fields }));
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

/** Names and wants, never the values: they may be secret. */
function describeIssues(error: z.ZodError): string {
  const names = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => `${key} is unknown`) : [`${issue.path.join(".")} is missing or wrong`],
  );
  return names.join(", ");
}

function gatewaysOf(region: Pick<RegionConfiguration, "name" | "endpoint" | "gateways">): Gateway[] {
  const [only = region.endpoint, ...more] = region.gateways;
  if (more.length === 0) return [{ name: region.name, endpoint: only }];
  return region.gateways.map((endpoint, index) => ({ name: `gateway ${index + 1}`, endpoint }));
}
