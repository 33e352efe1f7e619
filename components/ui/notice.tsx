import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";

const LOOKS = {
  info: { icon: Info, className: "border-border bg-sunken text-foreground [&>svg]:text-muted" },
  good: { icon: CircleCheck, className: "border-good/30 bg-good-soft text-foreground [&>svg]:text-good" },
  warn: { icon: TriangleAlert, className: "border-warn/30 bg-warn-soft text-foreground [&>svg]:text-warn" },
  danger: { icon: CircleAlert, className: "border-danger/30 bg-danger-soft text-foreground [&>svg]:text-danger" },
} as const;

interface NoticeProps {
  look?: keyof typeof LOOKS;
  /** Screen readers interrupt for "alert" and wait for a pause with "status". */
  role?: "alert" | "status";
  className?: string;
  children: ReactNode;
}

/** A short message in a coloured box, with an icon. */
export function Notice({ look = "info", role, className, children }: NoticeProps) {
  const { icon: Icon, className: colours } = LOOKS[look];
  return (
    <div role={role} className={cn("flex items-start gap-2.5 rounded-md border px-3 py-2", colours, className)}>
      <Icon aria-hidden className="mt-0.75 size-4 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
