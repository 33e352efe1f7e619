import type { ReactNode } from "react";

interface SectionProps {
  /** Also the anchor and the base of the heading's id. */
  id: string;
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

/** A part of a page under its own heading, which also names it as a landmark. */
export function Section({ id, title, description, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-heading`} className="mb-9">
      <div className="mb-3">
        <h2 id={`${id}-heading`} className="text-[0.9375rem] font-semibold tracking-tight">
          {title}
        </h2>
        {description ? <div className="max-w-prose text-muted">{description}</div> : null}
      </div>
      {children}
    </section>
  );
}
