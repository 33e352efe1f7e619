import { Secret } from "@/lib/platform/secret";
import { createBuiltinProvider } from "@/lib/providers/builtin/builtin";
import { builtinCredentialsSchema, builtinSettingsSchema } from "@/lib/providers/builtin/settings";
import { ProviderError } from "@/lib/providers/errors";
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

type Factory = (region: RegionConfiguration) => Provider;

/** Adding a driver is adding a line here; nobody else asks for the kind. */
const FACTORIES: Record<string, Factory> = {
  builtin: (region) => {
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
};

/** Makes the driver of a region. Throws `invalid` for an unknown kind or settings of the wrong form. */
export function createProvider(kind: string, region: RegionConfiguration): Provider {
  const factory = Object.hasOwn(FACTORIES, kind) ? FACTORIES[kind] : undefined;
  if (!factory) throw new ProviderError("invalid", `no provider of the kind "${kind}"`);
  try {
    return factory(region);
  } catch {
    throw new ProviderError("invalid", `the settings of region "${region.name}" do not fit its provider`);
  }
}

function gatewaysOf(region: RegionConfiguration): Gateway[] {
  const [only = region.endpoint, ...more] = region.gateways;
  if (more.length === 0) return [{ name: region.name, endpoint: only }];
  return region.gateways.map((endpoint, index) => ({ name: `gateway ${index + 1}`, endpoint }));
}
