import type { RegionWish } from "@/lib/regions/schema";

/** A new region, the settings of one that is there, or only its credentials. */
export type RegionFormKind = "new" | "edit" | "credentials";

export interface RegionFormValues {
  name: string;
  endpoint: string;
  signingRegion: string;
  /** One address a line. */
  gateways: string;
  settings: Record<string, string>;
  credentials: Record<string, string>;
}

/** What is chosen beside the fields of a region that is there. */
export interface RegionChoices {
  /** The names of the credentials that are to be removed. */
  removed: readonly string[];
  /** Whether the region is changed although a rotation of its credentials is not finished. */
  despiteRotation: boolean;
}

/** What a form asks the server for. */
export function composeWish(
  kind: RegionFormKind,
  provider: string,
  values: RegionFormValues,
  { removed, despiteRotation }: RegionChoices,
): RegionWish {
  const { name, endpoint, signingRegion, settings, credentials } = values;
  const gateways = values.gateways.split(/\s+/).filter((line) => line !== "");
  const fields = { endpoint: endpoint.trim(), signingRegion: signingRegion.trim(), gateways, settings };
  if (kind === "new") return { kind: "new", region: { name, provider, ...fields, credentials } };
  const typed = Object.entries(credentials).filter(([name, value]) => value !== "" && !removed.includes(name));
  const changed = Object.fromEntries([...typed, ...removed.map((credential) => [credential, ""])]);
  const given = {
    ...(Object.keys(changed).length > 0 ? { credentials: changed } : {}),
    ...(despiteRotation ? { despiteRotation } : {}),
  };
  return { kind: "changed", region: kind === "edit" ? { name, ...fields, ...given } : { name, ...given } };
}
