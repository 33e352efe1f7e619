import "server-only";
import { explainError } from "@/lib/gate/refusals";
import type { CheckLine, CheckOutput, Finding } from "@/lib/regions/schema";

/**
 * Runs a check and gives its findings as they come, and at last how it ended. Never throws: a failure is the last line.
 * The check runs on when nobody reads any more, so that it removes its throwaway key.
 */
export async function* streamCheck(
  run: (onFinding: (finding: Finding) => void) => Promise<CheckOutput>,
): AsyncGenerator<CheckLine, void, void> {
  const waiting: CheckLine[] = [];
  let wake = (): void => undefined;
  const push = (line: CheckLine): void => {
    waiting.push(line);
    wake();
  };
  void run((finding) => push({ finding })).then(
    (end) => push({ end }),
    async (error: unknown) => {
      const { message } = await explainError(error, "Check region", {});
      push({ end: { ok: false, reason: "check-failed", message, findings: [] } });
    },
  );
  for (;;) {
    const line = waiting.shift();
    if (line) yield line;
    else await new Promise<void>((resolve) => (wake = resolve));
    if (line && "end" in line) return;
  }
}
