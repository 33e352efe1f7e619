import type { StormReport } from "./run";
import type { Violation } from "./violation";

const SHOWN_MAX = 40;

/** What a storm was and what it found, for a person to read. */
export function describeReport(report: StormReport): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => `${name} ${count}`)
      .join("; ");
  const lines = [
    `operations  ${report.operations}, ${report.answered} of them answered; ${report.pairs} pairs delivered`,
    `  ${list(report.said)}`,
    `faults      ${report.faults}, ${report.crashes} of them crashes`,
    `  ${list(report.byKind)}`,
    `time        storm ${report.stormSeconds.toFixed(0)} s, settled ${report.settledAfterSeconds.toFixed(0)} s after it`,
    `seed        ${report.seed}`,
    `tried out   ${report.tried.issued} times what an answer with a pair promised, ${report.tried.stillWork} times that the current keys still work`,
    `violations  ${report.violations.length}`,
    ...Object.entries(countKinds(report.violations)).map(([kind, count]) => `  ${kind}: ${count} found`),
    ...report.violations.slice(0, SHOWN_MAX).map(({ kind, what }) => `  ${kind}: ${what}`),
  ];
  if (report.violations.length > SHOWN_MAX) lines.push(`  and ${report.violations.length - SHOWN_MAX} more`);
  if (report.evidence) lines.push(`evidence    ${report.evidence}`);
  return lines.join("\n");
}

function countKinds(violations: readonly Violation[]): Record<string, number> {
  return violations.reduce<Record<string, number>>(
    (counts, { kind }) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }),
    {},
  );
}
