import { LoaderCircle } from "lucide-react";
import type { ComponentProps, MouseEvent } from "react";
import { type ButtonLook, composeButtonClasses } from "@/components/ui/button-classes";

interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  /** Shows a spinner before the text. Pressing the button does nothing. It keeps the focus, unlike a disabled one. */
  busy?: boolean;
}

const preventDefault = (event: MouseEvent) => event.preventDefault();

export function Button({ className, look, size, round, busy = false, children, onClick, ...rest }: ButtonProps) {
  const classes = composeButtonClasses({ look, size, round }, className);
  return (
    <button
      type="button"
      className={classes}
      aria-disabled={busy || undefined}
      onClick={busy ? preventDefault : onClick}
      {...rest}
    >
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </button>
  );
}
