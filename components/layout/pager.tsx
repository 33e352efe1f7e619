import { ArrowRight, ChevronsLeft } from "lucide-react";
import Link from "next/link";
import { composeAddress } from "@/components/layout/parameters";
import { composeButtonClasses } from "@/components/ui/button-classes";

interface PagerProps {
  path: string;
  /** The other parameters of the address, such as filters. */
  parameters?: Record<string, string | undefined>;
  cursor: string | undefined;
  next: string | null;
  /** The part of the page that has the list, such as "#buckets". */
  anchor?: string;
}

/** Links to the first and the next page of a list that is read by cursor. Shows nothing for a list of one page. */
export function Pager({ path, parameters = {}, cursor, next, anchor = "" }: PagerProps) {
  if (!cursor && !next) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex flex-wrap justify-end gap-2 print:hidden">
      {cursor ? (
        <Link className={composeButtonClasses({ size: "sm" })} href={composeAddress(path, parameters) + anchor}>
          <ChevronsLeft aria-hidden />
          First page
        </Link>
      ) : null}
      {next ? (
        <Link
          className={composeButtonClasses({ size: "sm" })}
          href={composeAddress(path, { ...parameters, cursor: next }) + anchor}
        >
          Next page
          <ArrowRight aria-hidden />
        </Link>
      ) : null}
    </nav>
  );
}
