import type { ComponentProps } from "react";
import { cn } from "@/components/ui/cn";

const CONTROL =
  "w-full min-w-0 rounded-md border border-control bg-surface px-3 text-foreground transition-colors placeholder:text-muted aria-invalid:border-danger disabled:cursor-not-allowed disabled:opacity-60";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(CONTROL, "h-9 read-only:bg-sunken", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(CONTROL, "min-h-16 py-2 read-only:bg-sunken", className)} {...rest} />;
}

/** Browsers count every select as read-only, so it has no look of its own for that. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cn(CONTROL, "h-9 pr-8", className)} {...rest} />;
}
