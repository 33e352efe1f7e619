/** A version as the operator tells it: three numbers, or `patched` for one that a distribution has fixed. */
export const RELEASE = /^(\d+\.\d+\.\d+|patched)$/;

/** Published vulnerabilities, and the releases with the fixes. */
export interface Advisory {
  cves: string[];
  /** The first fixed release of each release line that has one. */
  fixed: string[];
}

interface Product {
  name: string;
  /** The setting in which the operator tells the release. */
  setting: string;
  advisories: readonly Advisory[];
}

/**
 * Warnings for an admin about the vulnerabilities of a release. The storage system does not tell the release, so the
 * operator does: a version, `patched`, or undefined. `line` is the release line where the storage system tells it.
 */
export function warnOfProduct(
  { name, setting, advisories }: Product,
  release: string | undefined,
  line?: number,
): string[] {
  if (release === "patched") return [];
  if (release === undefined) {
    const open = advisories.filter(({ fixed }) => line === undefined || !isFixed(`${line}.0.0`, fixed));
    if (open.length === 0) return [];
    const named = open.flatMap(({ cves }) => cves).join(", ");
    return [
      `${name} does not tell its version: make sure that ${named} are fixed there, and say so with the setting ${setting}`,
    ];
  }
  const open = advisories.filter(({ fixed }) => !isFixed(release, fixed)).flatMap(({ cves }) => cves);
  if (open.length === 0) return [];
  const remedy = `update it, or set ${setting} to patched if your distribution has fixed them`;
  return [`${name} ${release} as released is open to ${open.join(", ")}: ${remedy}`];
}

/** Each release line in `fixed` has the fix from that release on. Later lines always have it, earlier lines never. */
function isFixed(release: string, fixed: string[]): boolean {
  const [major = 0, minor = 0, patch = 0] = parse(release);
  const line = fixed.map(parse).find(([own]) => own === major);
  if (line) return minor > (line[1] ?? 0) || (minor === line[1] && patch >= (line[2] ?? 0));
  return major > Math.max(...fixed.map((one) => parse(one)[0] ?? 0));
}

const parse = (version: string): number[] => version.split(".").map(Number);
