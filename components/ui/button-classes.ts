import { cn } from "@/components/ui/cn";

/** On a narrow screen the text goes on in a second line where a reader's own spacing leaves it no room. */
const BASE =
  "inline-flex max-w-full shrink-0 items-center justify-center gap-2 text-center font-medium transition-colors select-none sm:whitespace-nowrap disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:not-disabled:bg-accent-strong",
  secondary:
    "border border-control/50 bg-surface text-foreground shadow-low hover:not-disabled:bg-sunken hover:not-disabled:border-control",
  danger: "bg-danger text-on-accent hover:not-disabled:bg-danger-strong",
  quietDanger:
    "border border-control/50 bg-surface text-danger shadow-low hover:not-disabled:border-danger hover:not-disabled:bg-danger-soft",
  ghost: "text-muted hover:not-disabled:bg-sunken hover:not-disabled:text-foreground",
} as const;

const SIZES = {
  md: "h-fit min-h-9 px-3.5 py-1",
  sm: "h-fit min-h-8 px-3 py-1 text-[0.8125rem]",
  icon: "size-9",
  smallIcon: "size-7",
} as const;

/** How a button, or a link that is drawn as one, looks. */
export interface ButtonLook {
  look?: keyof typeof LOOKS | undefined;
  size?: keyof typeof SIZES | undefined;
  round?: boolean | undefined;
}

/** The classes of a button. `className` adds to them. */
export function composeButtonClasses(
  { look = "secondary", size = "md", round = false }: ButtonLook,
  className?: string,
): string {
  return cn(BASE, round ? "rounded-full" : "rounded-md", LOOKS[look], SIZES[size], className);
}
