import { ChevronDown, ListFilter } from "lucide-react";
import type { ReactNode } from "react";

/**
 * Folds the fields of a filter on a phone, where they would fill the first screen. It works without scripts. On wider
 * screens the fields are always there.
 */
export function FilterFold({ open, children }: { open: boolean; children: ReactNode }) {
  return (
    <details open={open} className="filter-fold group mb-4 print:hidden">
      <summary className="inline-flex h-11 w-full cursor-pointer list-none items-center gap-2 rounded-md border border-control/50 bg-surface px-3.5 font-medium shadow-low [&::-webkit-details-marker]:hidden">
        <ListFilter aria-hidden className="size-4" />
        Filter
        <ChevronDown aria-hidden className="ml-auto size-4 text-muted transition-transform group-open:rotate-180" />
      </summary>
      <div className="pt-3">{children}</div>
    </details>
  );
}
