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
import { KEY_STATES, type KeyState } from "@/lib/access-keys/rules";
import type { CardState } from "@/lib/access-keys/schema";
import { cn } from "@/components/ui/cn";

type State = CardState | KeyState;

const GOOD = "bg-good-soft text-good";
const WARN = "bg-warn-soft text-warn";
const DANGER = "bg-danger-soft text-danger";
const QUIET = "bg-sunken text-muted";

/** Every state has its own icon beside its word, so that nobody has to tell colours apart. */
const LOOKS: Record<State, { icon: LucideIcon; className: string; spins?: true }> = {
  "NOT CONFIGURED": { icon: CircleDashed, className: QUIET },
  ENABLING: { icon: LoaderCircle, className: WARN, spins: true },
  CREATING: { icon: LoaderCircle, className: WARN, spins: true },
  ISSUED: { icon: LoaderCircle, className: WARN, spins: true },
  ACTIVE: { icon: CircleCheck, className: GOOD },
  INACTIVE: { icon: CirclePause, className: WARN },
  RETIRING: { icon: TimerOff, className: WARN },
  REVOKING: { icon: LoaderCircle, className: WARN, spins: true },
  EXPIRED: { icon: TimerOff, className: DANGER },
  DISABLED: { icon: Ban, className: QUIET },
  REVOKED: { icon: CircleSlash, className: QUIET },
  FAILED: { icon: CircleAlert, className: DANGER },
};

/** The state of a card or a key. */
export function StateBadge({ state }: { state: State }) {
  const { icon: Icon, className, spins } = LOOKS[state];
  return (
    <span
      className={cn(
        "inline-flex h-6 items-center gap-1.5 rounded-full pr-2.5 pl-1.5 text-xs font-semibold tracking-wide whitespace-nowrap",
        className,
      )}
    >
      <Icon aria-hidden strokeWidth={2.25} className={cn("size-4", spins && "animate-spin")} />
      {/* Beside other text the word has the baseline, and not the icon. */}
      <span className="self-baseline leading-6">{state}</span>
    </span>
  );
}

/** The state of a key as a server names it. One that this page does not know is told as it is. */
export function StateOf({ state }: { state: string }) {
  const known = KEY_STATES.find((candidate) => candidate === state);
  return known ? <StateBadge state={known} /> : state;
}
