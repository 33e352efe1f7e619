import { describeNetworkError } from "@/lib/cli/portal/network-error";

/** What one check found. The sentence names the cause and the next step. */
export interface Finding {
  check: string;
  /** `warning`: it works, and will not for long, or not everywhere. `skipped`: an earlier check decides. */
  result: "ok" | "warning" | "failed" | "skipped";
  sentence: string;
}

/** Takes a finding as soon as it is made. */
export type Note = (finding: Finding) => void;

export const ok = (check: string, sentence: string): Finding => ({ check, result: "ok", sentence });
export const warning = (check: string, sentence: string): Finding => ({ check, result: "warning", sentence });
export const failed = (check: string, sentence: string): Finding => ({ check, result: "failed", sentence });
export const skipped = (check: string, sentence: string): Finding => ({ check, result: "skipped", sentence });

/** What an error says: the sentence of a `Failure`, or why the network failed. */
export const describeError = (error: unknown): string =>
  error instanceof Error && "exit" in error ? error.message : `${describeNetworkError(error)}.`;
