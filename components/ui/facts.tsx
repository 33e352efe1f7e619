import type { ReactNode } from "react";

/** A list of names and values: side by side, on phones each value under its name. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid items-center gap-x-5 sm:grid-cols-[max-content_minmax(0,1fr)] sm:gap-y-1.5">{children}</dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted max-sm:text-[0.8125rem]">{name}</dt>
      <dd className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-1 max-sm:pb-1.5">{children}</dd>
    </>
  );
}
