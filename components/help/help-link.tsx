import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/text-link";
import type { LinkedAnswer } from "@/lib/help/schema";

interface HelpLinkProps {
  about: LinkedAnswer;
  /** In a dialog: what was typed there stays. */
  newTab?: boolean;
  children: ReactNode;
}

/** A link to an answer of the help. */
export function HelpLink({ about, newTab = false, children }: HelpLinkProps) {
  return (
    <TextLink href={`/help#${about}`} {...(newTab ? { target: "_blank" } : {})}>
      {children}
      {newTab ? <span className="sr-only"> (in a new tab)</span> : null}
    </TextLink>
  );
}
