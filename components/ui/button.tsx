import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/components/ui/cn";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-on-accent hover:not-disabled:bg-accent-strong",
        secondary:
          "border border-control/50 bg-surface text-foreground shadow-low hover:not-disabled:bg-sunken hover:not-disabled:border-control",
        danger: "bg-danger text-on-accent hover:not-disabled:bg-danger-strong",
        quietDanger:
          "border border-control/50 bg-surface text-danger shadow-low hover:not-disabled:border-danger hover:not-disabled:bg-danger-soft",
        ghost: "text-muted hover:not-disabled:bg-sunken hover:not-disabled:text-foreground",
      },
      size: { md: "h-9 px-3.5", sm: "h-8 px-3 text-[0.8125rem]", icon: "size-9" },
    },
    defaultVariants: { look: "secondary", size: "md" },
  },
);

interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  asChild?: boolean;
  /** Shows a spinner before the text and disables the button. */
  busy?: boolean;
}

export function Button({
  className,
  look,
  size,
  asChild = false,
  busy = false,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  const classes = cn(button({ look, size }), className);
  if (asChild)
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  return (
    <button type="button" className={classes} disabled={disabled || busy} {...rest}>
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </button>
  );
}
