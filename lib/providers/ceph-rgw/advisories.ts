import { type Advisory, warnOfProduct } from "@/lib/providers/advisories";

/** Published vulnerabilities of radosgw that concern S3 credentials, and the releases with the fixes. */
const ADVISORIES: Advisory[] = [
  // Unsigned x-amz- headers are accepted on a presigned PUT.
  { cves: ["CVE-2026-54330"], fixed: ["19.2.6", "20.2.4"] },
  // A token of STS becomes an admin of radosgw.
  { cves: ["CVE-2026-39944"], fixed: ["19.2.6", "20.2.4"] },
];

/** The release lines, by the names that radosgw gives in its header Server. */
const LINES: Record<string, number> = { quincy: 17, reef: 18, squid: 19, tentacle: 20, umbrella: 21 };

/**
 * Warnings for an admin about the vulnerabilities of a release of Ceph. `server` is the header Server of its answers,
 * which names the release line since Quincy, and never the release.
 */
export function warnOfRelease(release: string | undefined, server: string | undefined): string[] {
  const name = /\((\w+)\)/.exec(server ?? "")?.[1] ?? "";
  const line = Object.hasOwn(LINES, name) ? LINES[name] : undefined;
  return warnOfProduct({ name: "Ceph", setting: "cephRelease", advisories: ADVISORIES }, release, line);
}
