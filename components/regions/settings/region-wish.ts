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

/** What a form asks the server for. */
export function composeWish(kind: RegionFormKind, provider: string, values: RegionFormValues): RegionWish {
  const { name, endpoint, signingRegion, settings, credentials } = values;
  const gateways = values.gateways.split(/\s+/).filter((line) => line !== "");
  const fields = { endpoint: endpoint.trim(), signingRegion: signingRegion.trim(), gateways, settings };
  if (kind === "new") return { kind: "new", region: { name, provider, ...fields, credentials } };
  const typed = Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== ""));
  const given = Object.keys(typed).length > 0 ? { credentials: typed } : {};
  return { kind: "changed", region: kind === "edit" ? { name, ...fields, ...given } : { name, ...given } };
}
