import type { ReactNode } from "react";

interface SectionProps {
  /** The anchor of the section. The id of the heading is made from it. */
  id: string;
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a heading. For screen readers it is a landmark with the name of the heading. */
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
