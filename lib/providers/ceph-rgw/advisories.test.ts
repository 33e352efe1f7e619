import { expect, test } from "vitest";
import { warnOfRelease } from "@/lib/providers/ceph-rgw/advisories";

test.each(["16.2.15", "18.2.7", "19.2.5", "20.2.3", "20.1.9"])(
  "Ceph %s is warned of with each hole by its name",
  (release) => {
    const warnings = warnOfRelease(release, undefined);
    expect(warnings).toEqual([
      `Ceph ${release} as released is open to CVE-2026-54330, CVE-2026-39944: update it, or set cephRelease to patched if your distribution has fixed them`,
    ]);
  },
);

test.each(["19.2.6", "19.3.0", "20.2.4", "21.0.0", "patched"])("Ceph %s needs no warning", (release) => {
  expect(warnOfRelease(release, undefined)).toEqual([]);
});

test("a version that nobody told is no clean bill, unless the gateway names a line without holes", () => {
  const unknown = [
    "Ceph does not tell its version: make sure that CVE-2026-54330, CVE-2026-39944 are fixed there, and say so with the setting cephRelease",
  ];
  expect(warnOfRelease(undefined, undefined)).toEqual(unknown);
  expect(warnOfRelease(undefined, "Ceph Object Gateway (squid)")).toEqual(unknown);
  expect(warnOfRelease(undefined, "nginx")).toEqual(unknown);
  expect(warnOfRelease(undefined, "Ceph Object Gateway (umbrella)")).toEqual([]);
});
