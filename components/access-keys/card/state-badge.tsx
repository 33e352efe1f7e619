import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  LoaderCircle,
  type LucideIcon,
  TimerOff,
} from "lucide-react";
import type { KeyState } from "@/lib/access-keys/rules";
import type { CardState } from "@/lib/access-keys/schema";
import { cn } from "@/components/ui/cn";

type State = CardState | KeyState;

const GOOD = "bg-good-soft text-good";
const WARN = "bg-warn-soft text-warn";
const DANGER = "bg-danger-soft text-danger";
const QUIET = "bg-sunken text-muted";

/** Each state has a shape of its own beside its word; the colour only helps. */
const LOOKS: Record<State, { icon: LucideIcon; className: string; turns?: true }> = {
  "NOT CONFIGURED": { icon: CircleDashed, className: QUIET },
  ENABLING: { icon: LoaderCircle, className: WARN, turns: true },
  CREATING: { icon: LoaderCircle, className: WARN, turns: true },
  ISSUED: { icon: LoaderCircle, className: WARN, turns: true },
  ACTIVE: { icon: CircleCheck, className: GOOD },
  INACTIVE: { icon: CirclePause, className: WARN },
  RETIRING: { icon: TimerOff, className: WARN },
  REVOKING: { icon: LoaderCircle, className: WARN, turns: true },
  EXPIRED: { icon: TimerOff, className: DANGER },
  DISABLED: { icon: Ban, className: QUIET },
  REVOKED: { icon: CircleSlash, className: QUIET },
  FAILED: { icon: CircleAlert, className: DANGER },
};

export function StateBadge({ state }: { state: State }) {
  const { icon: Icon, className, turns } = LOOKS[state];
  return (
    <span
      className={cn(
        "inline-flex h-6 items-center gap-1.5 rounded-full pr-2.5 pl-1.5 text-xs font-semibold tracking-wide whitespace-nowrap",
        className,
      )}
    >
      <Icon aria-hidden strokeWidth={2.25} className={cn("size-4", turns && "animate-spin")} />
      {state}
    </span>
  );
}
