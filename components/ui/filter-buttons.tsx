import { Search } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { composeButtonClasses } from "@/components/ui/button-classes";

interface FilterButtonsProps {
  /** The address of the list without a filter. */
  path: string;
  filtered: boolean;
  pending: boolean;
  /** Whether the page stays where it is scrolled. */
  keepsPlace?: boolean;
}

/** The buttons of a filter. **Clear** is there while something is filtered. */
export function FilterButtons({ path, filtered, pending, keepsPlace = false }: FilterButtonsProps) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button type="submit" busy={pending}>
        <Search aria-hidden />
        Filter
      </Button>
      <span role="status" className="sr-only">
        {pending ? "Filtering" : filtered ? "The list is filtered" : ""}
      </span>
      {filtered ? (
        <Link className={composeButtonClasses({ look: "ghost" })} href={path} scroll={!keepsPlace}>
          Clear
        </Link>
      ) : null}
    </div>
  );
}
