import Link from "next/link";
import type { ComponentProps } from "react";
import { cn } from "@/components/ui/cn";

/** A link in a text or a table. Its page is not fetched in advance: for a project that would count as a visit. */
export function TextLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link prefetch={false} className={cn("underline underline-offset-2 hover:text-accent", className)} {...rest} />
  );
}
