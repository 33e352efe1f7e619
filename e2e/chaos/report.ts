import type { Violation } from "./checks/violation";
import type { ChaosReport } from "./run";

const SHOWN_MAX = 40;

/** Describes a chaos run and its violations for a person. */
export function describeReport(report: ChaosReport): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => `${name} ${count}`)
      .join("; ");
  const { chaosSeconds, settledAfterSeconds, verified, violations } = report;
  const lines = [
    `operations  ${report.operations}, ${report.answered} of them answered; ${report.keys} keys delivered`,
    `  ${list(report.answers)}`,
    `faults      ${report.faults}, ${report.crashes} of them crashes`,
    `  ${list(report.byKind)}`,
    `time        ${chaosSeconds.toFixed(0)} s with faults, settled ${settledAfterSeconds.toFixed(0)} s after the last one`,
    `seed        ${report.seed}`,
    `verified    ${verified.issued} answers with a key, ${verified.stillWork} answers that the current keys still work`,
    `violations  ${violations.length}`,
    ...Object.entries(countKinds(violations)).map(([kind, count]) => `  ${kind}: ${count} found`),
    ...violations.slice(0, SHOWN_MAX).map(({ kind, what }) => `  ${kind}: ${what}`),
  ];
  if (violations.length > SHOWN_MAX) lines.push(`  and ${violations.length - SHOWN_MAX} more`);
  if (report.evidence) lines.push(`evidence    ${report.evidence}`);
  return lines.join("\n");
}

function countKinds(violations: readonly Violation[]): Record<string, number> {
  return violations.reduce<Record<string, number>>(
    (counts, { kind }) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }),
    {},
  );
}
