import { CircleAlert, CircleDashed, CircleSlash, History, LoaderCircle, type LucideIcon } from "lucide-react";
import { cn } from "@/components/ui/cn";
import type { BulkResult } from "@/lib/bulk-revocations/schema";

/** What each result is called, everywhere on the page. */
export const RESULT_NAMES: Record<BulkResult, string> = {
  waiting: "Waiting",
  running: "Being removed",
  revoked: "Revoked",
  "already-ended": "Ended before",
  failed: "Failed",
};

const LOOKS: Record<BulkResult, { icon: LucideIcon; className: string }> = {
  waiting: { icon: CircleDashed, className: "bg-sunken text-muted" },
  running: { icon: LoaderCircle, className: "bg-warn-soft text-warn" },
  revoked: { icon: CircleSlash, className: "bg-good-soft text-good" },
  "already-ended": { icon: History, className: "bg-sunken text-muted" },
  failed: { icon: CircleAlert, className: "bg-danger-soft text-danger" },
};

/** The result of one key. */
export function ResultBadge({ result }: { result: BulkResult }) {
  const { icon: Icon, className } = LOOKS[result];
  return (
    <span
      className={cn(
        "inline-flex h-6 items-center gap-1.5 rounded-full pr-2.5 pl-1.5 text-xs font-semibold whitespace-nowrap",
        className,
      )}
    >
      <Icon aria-hidden strokeWidth={2.25} className="size-4" />
      {RESULT_NAMES[result]}
    </span>
  );
}
