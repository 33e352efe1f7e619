import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { Notice } from "@/components/ui/notice";
import type { CheckOutput, Finding } from "@/lib/regions/schema";

const LOOKS = {
  passed: { icon: CircleCheck, className: "text-good", word: "Passed" },
  warning: { icon: TriangleAlert, className: "text-warn", word: "Warning" },
  failed: { icon: CircleX, className: "text-danger", word: "Failed" },
} as const;

/** What a check found, each with a tick or a cross. New ones are read out as they come. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul aria-label="Findings" aria-live="polite" className="grid gap-1.5">
      {findings.map(({ outcome, text, remedy }, index) => {
        const { icon: Icon, className, word } = LOOKS[outcome];
        return (
          <li key={index} className="flex items-start gap-2">
            <Icon aria-hidden className={`mt-0.75 size-4 shrink-0 ${className}`} />
            <span className="min-w-0 break-words">
              <span className="sr-only">{word}: </span>
              {text}
              {remedy ? <span className="block text-muted">Next step: {remedy}</span> : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** How a check ended, once it has. The region is there before: screen readers read what comes into it. */
export function CheckEnd({ end }: { end: CheckOutput | undefined }) {
  return (
    <div role="status" className="empty:absolute">
      {end ? <Notice look={end.ok ? "good" : "danger"}>{end.message}</Notice> : null}
    </div>
  );
}
