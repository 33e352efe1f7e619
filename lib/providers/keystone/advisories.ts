/** Published vulnerabilities that let others read or create S3 credentials, and the releases with the fixes. */
const ADVISORIES = [
  // OSSA-2026-015: https://security.openstack.org/ossa/OSSA-2026-015.html
  {
    cves: ["CVE-2026-42998", "CVE-2026-42999", "CVE-2026-43000", "CVE-2026-43001", "CVE-2026-44394"],
    fixed: ["27.0.2", "28.0.2", "29.0.2"],
  },
  { cves: ["CVE-2026-90460"], fixed: ["27.0.3", "28.0.3", "29.0.3"] },
];

/**
 * Warnings for an admin about the vulnerabilities of a release of Keystone. The API does not tell the release, so the
 * operator does: a version, `patched` for a release that a distribution has fixed, or undefined.
 */
export function warnOfRelease(release: string | undefined): string[] {
  if (release === "patched") return [];
  if (release === undefined) {
    const named = ADVISORIES.flatMap(({ cves }) => cves).join(", ");
    return [
      `Keystone does not tell its version: make sure that ${named} are fixed there, and say so with the setting keystoneRelease`,
    ];
  }
  const open = ADVISORIES.filter(({ fixed }) => !isFixed(release, fixed)).flatMap(({ cves }) => cves);
  if (open.length === 0) return [];
  const remedy = "update it, or set keystoneRelease to patched if your distribution has fixed them";
  return [`Keystone ${release} as released is open to ${open.join(", ")}: ${remedy}`];
}

/** Each release line in `fixed` has the fix from that release on. Later lines always have it, earlier lines never. */
function isFixed(release: string, fixed: string[]): boolean {
  const [major = 0, minor = 0, patch = 0] = parse(release);
  const line = fixed.map(parse).find(([own]) => own === major);
  if (line) return minor > (line[1] ?? 0) || (minor === line[1] && patch >= (line[2] ?? 0));
  return major > Math.max(...fixed.map((one) => parse(one)[0] ?? 0));
}

const parse = (version: string): number[] => version.split(".").map(Number);
