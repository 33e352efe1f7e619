import { ChevronDown, ListFilter } from "lucide-react";
import type { ReactNode } from "react";

interface FilterFoldProps {
  /** What the list is filtered by. It stands on the button. */
  chosen: readonly (string | undefined)[];
  /** Whether the fields are there from the beginning, because something is wrong with them. */
  open?: boolean;
  children: ReactNode;
}

/**
 * Folds the fields of a filter on a phone, where they would fill the first screen. It works without scripts. On wider
 * screens the fields are always there.
 */
export function FilterFold({ chosen, open = false, children }: FilterFoldProps) {
  const texts = chosen.filter(Boolean).join(", ");
  return (
    <details open={open} className="filter-fold group mb-4 print:hidden">
      <summary className="flex h-11 cursor-pointer list-none items-center gap-2 rounded-md border border-control/50 bg-surface px-3.5 font-medium shadow-low [&::-webkit-details-marker]:hidden">
        <ListFilter aria-hidden className="size-4 shrink-0" />
        <span>Filter</span>
        {texts ? <bdi className="min-w-0 truncate font-normal text-muted">{texts}</bdi> : null}
        <ChevronDown
          aria-hidden
          className="ml-auto size-4 shrink-0 text-muted transition-transform group-open:rotate-180"
        />
      </summary>
      <div className="pt-3">{children}</div>
    </details>
  );
}
