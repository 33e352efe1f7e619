export const SLUG_MIN = 2;
export const SLUG_MAX = 40;

/** Why a project was not made or changed. */
export const PROJECT_REFUSALS = ["slug-taken", "unknown-region", "changed-meanwhile"] as const;
export type ProjectRefusal = (typeof PROJECT_REFUSALS)[number];

/** A slug for a project of this name; empty when the name has too few Latin letters and digits. */
export function proposeSlug(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, SLUG_MAX)
    .replace(/-$/, "");
  return slug.length < SLUG_MIN ? "" : slug;
}

/** Whether two restrictions of a project say the same. Null: every region. */
export function isSameRestriction(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return one === other;
  const names = new Set(other);
  return new Set(one).size === names.size && one.every((name) => names.has(name));
}

/** What a project may use, in words. Null: every region. */
export function describeRegions(regions: readonly string[] | null): string {
  if (regions === null) return "all regions";
  return regions.length === 0 ? "no region" : `only ${[...regions].sort().join(", ")}`;
}

/** What becomes of the keys in regions that a project may not use any more. */
export function describeKeptKeys(liveKeys: number): string {
  if (liveKeys === 0) return "The project has no keys there.";
  const keys = liveKeys === 1 ? "1 key works on there and can be" : `${liveKeys} keys work on there and can be`;
  return `${keys} disabled; no new one can be made or switched on.`;
}

/** What becomes of the keys of a project that is disabled. */
export function describeDisabledKeys(liveKeys: number): string {
  if (liveKeys === 0) return "The project has no keys.";
  const keys = liveKeys === 1 ? "Its key goes on working" : `Its ${liveKeys} keys go on working`;
  return `${keys}: to end them, disable them first. Support staff and platform admins can end them later too.`;
}

const SENTENCES: Record<ProjectRefusal, (what: string) => string> = {
  "slug-taken": (slug) => `There is a project ${slug} already. Nothing was changed; choose another slug.`,
  "unknown-region": (name) => `There is no region ${name}. Nothing was changed.`,
  "changed-meanwhile": (regions) =>
    `Somebody else has changed the regions in the meantime: the project may use ${regions}. Nothing was changed; look again.`,
};

/** The sentence for a refusal, about a slug, a region or the regions. */
export const describeProjectRefusal = (reason: ProjectRefusal, what: string): string => SENTENCES[reason](what);
