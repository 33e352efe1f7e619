import { ArrowRight, ChevronsLeft } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";

interface PagerProps {
  path: string;
  /** What else stands in the address: filters, a search. */
  parameters?: Record<string, string | undefined>;
  cursor: string | undefined;
  next: string | null;
}

/** Links to the first and the next page of a list that is read by cursor. Nothing when one page holds it all. */
export function Pager({ path, parameters = {}, cursor, next }: PagerProps) {
  if (!cursor && !next) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex flex-wrap justify-end gap-2">
      {cursor ? (
        <Button asChild size="sm">
          <Link href={address(path, parameters)}>
            <ChevronsLeft aria-hidden />
            First page
          </Link>
        </Button>
      ) : null}
      {next ? (
        <Button asChild size="sm">
          <Link href={address(path, { ...parameters, cursor: next })}>
            Next page
            <ArrowRight aria-hidden />
          </Link>
        </Button>
      ) : null}
    </nav>
  );
}

function address(path: string, parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}
