import { type Advisory, warnOfProduct } from "@/lib/providers/advisories";

/** Published vulnerabilities that let others read or create S3 credentials, and the releases with the fixes. */
const ADVISORIES: Advisory[] = [
  // OSSA-2026-015: https://security.openstack.org/ossa/OSSA-2026-015.html
  {
    cves: ["CVE-2026-42998", "CVE-2026-42999", "CVE-2026-43000", "CVE-2026-43001", "CVE-2026-44394"],
    fixed: ["27.0.2", "28.0.2", "29.0.2"],
  },
  { cves: ["CVE-2026-90460"], fixed: ["27.0.3", "28.0.3", "29.0.3"] },
];

/** Warnings for an admin about the vulnerabilities of a release of Keystone. See `warnOfProduct`. */
export function warnOfRelease(release: string | undefined): string[] {
  return warnOfProduct({ name: "Keystone", setting: "keystoneRelease", advisories: ADVISORIES }, release);
}
