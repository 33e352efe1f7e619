import type { ComponentProps } from "react";
import { cn } from "@/components/ui/cn";

const CONTROL =
  "w-full min-w-0 rounded-md border border-control bg-surface px-3 text-foreground transition-colors placeholder:text-muted read-only:bg-sunken aria-invalid:border-danger disabled:cursor-not-allowed disabled:opacity-60";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(CONTROL, "h-9", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(CONTROL, "min-h-16 py-2", className)} {...rest} />;
}

export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cn(CONTROL, "h-9 pr-8", className)} {...rest} />;
}
