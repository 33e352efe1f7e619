import { LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";
import { type ButtonLook, composeButtonClasses } from "@/components/ui/button-classes";

interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  /** Shows a spinner before the text and disables the button. */
  busy?: boolean;
}

export function Button({ className, look, size, round, busy = false, children, disabled, ...rest }: ButtonProps) {
  const classes = composeButtonClasses({ look, size, round }, className);
  return (
    <button type="button" className={classes} disabled={disabled || busy} {...rest}>
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </button>
  );
}
