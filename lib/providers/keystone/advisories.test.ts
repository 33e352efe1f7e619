import { expect, test } from "vitest";
import { warnOfRelease } from "@/lib/providers/keystone/advisories";

test.each([
  ["22.0.2", ["CVE-2026-42999", "CVE-2026-43001", "CVE-2026-44394", "CVE-2026-90460"]],
  ["26.1.0", ["CVE-2026-42999", "CVE-2026-90460"]],
  ["27.0.1", ["CVE-2026-42999", "CVE-2026-90460"]],
  ["28.0.0", ["CVE-2026-42999", "CVE-2026-90460"]],
  ["29.0.1", ["CVE-2026-42999", "CVE-2026-90460"]],
])("Keystone %s is warned of with each hole by its name", (release, cves) => {
  const warnings = warnOfRelease(release);
  expect(warnings).toHaveLength(1);
  for (const cve of [release, ...cves]) expect(warnings[0]).toContain(cve);
});

test.each(["27.0.2", "28.0.2", "29.0.2"])("Keystone %s has all but the last closed", (release) => {
  expect(warnOfRelease(release)).toEqual([
    `Keystone ${release} as released is open to CVE-2026-90460: update it, or set keystoneRelease to patched if your distribution has fixed them`,
  ]);
});

test.each(["27.0.3", "28.1.0", "29.0.3", "29.0.10", "30.0.0", "patched"])("Keystone %s needs no warning", (release) => {
  expect(warnOfRelease(release)).toEqual([]);
});

test("a version that nobody told is no clean bill", () => {
  expect(warnOfRelease(undefined)[0]).toMatch(
    /^Keystone does not tell its version: make sure that CVE-2026-42998, .*CVE-2026-90460 are fixed/,
  );
});
