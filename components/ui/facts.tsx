import type { ReactNode } from "react";

/** A list of names and values: side by side, on phones each value under its name. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid items-baseline gap-x-5 sm:grid-cols-[max-content_minmax(0,1fr)] sm:gap-y-1.5">{children}</dl>
  );
}

interface FactProps {
  name: string;
  /** Stands beside the name, such as a button that explains it. */
  help?: ReactNode;
  children: ReactNode;
}

export function Fact({ name, help, children }: FactProps) {
  return (
    <>
      <dt className="flex items-center gap-0.5 text-muted max-sm:text-[0.8125rem]">
        {name}
        {help}
      </dt>
      <dd className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-1 max-sm:pb-1.5">{children}</dd>
    </>
  );
}
