import type { ReactNode } from "react";

interface PageHeaderProps {
  title: string;
  children?: ReactNode;
}

/** The heading of a page, and a sentence about the page. */
export function PageHeader({ title, children }: PageHeaderProps) {
  return (
    <div className="mb-6">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {children ? <div className="mt-1 max-w-prose text-muted">{children}</div> : null}
    </div>
  );
}
