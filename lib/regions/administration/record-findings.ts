import type { StepFinding } from "@/lib/providers/steps";
import { toSentence } from "@/lib/regions/rules";
import type { Finding } from "@/lib/regions/schema";

/**
 * Collects the findings of a check as sentences, and passes each on. `fail` adds the fault that ended the check, unless
 * a step reported one already, and ends the recording: steps that are still running report nothing after that.
 */
export function recordFindings(onFinding: (finding: Finding) => void = () => undefined) {
  const findings: Finding[] = [];
  let ended = false;
  const report = ({ step, outcome, text, remedy }: StepFinding): void => {
    if (ended) return;
    const finding = { step, outcome, text: toSentence(text), ...(remedy ? { remedy: toSentence(remedy) } : {}) };
    findings.push(finding);
    onFinding(finding);
  };
  const fail = (text: string): void => {
    if (!findings.some(({ outcome }) => outcome === "failed"))
      report({ step: "settings", outcome: "failed", text, remedy: undefined });
    ended = true;
  };
  return { findings, report, fail };
}
