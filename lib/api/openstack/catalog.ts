import { regionUrl } from "@/lib/api/openstack/documents";
import { listRegionNames } from "@/lib/regions/loaders";

/** Stands in a path for a region that was not chosen. No region can have this name. */
export const NO_REGION = "-";

/** What the catalogue calls the entry for callers who chose no region. No region can have this name either. */
const HINT = "set-OS_REGION_NAME";

const INTERFACES = ["public", "internal", "admin"] as const;

/**
 * The catalogue of a token: the Identity API of each region. A client that has no region takes the first entry. Where
 * there are several regions, the first entry refuses everything, so that no region gets a key by accident.
 */
export async function loadCatalog() {
  const names = await listRegionNames();
  const regions = names.map((name) => ({ name, url: regionUrl(name) }));
  const entries = names.length > 1 ? [{ name: HINT, url: regionUrl(NO_REGION) }, ...regions] : regions;
  const endpoints = entries.flatMap(({ name, url }) =>
    INTERFACES.map((kind) => ({ id: `${name}-${kind}`, interface: kind, region: name, region_id: name, url })),
  );
  return [{ id: "identity", type: "identity", name: "latchkey", endpoints }];
}
