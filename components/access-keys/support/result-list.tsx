import { composeAddress } from "@/components/layout/parameters";
import { TextLink } from "@/components/ui/text-link";
import type { SearchKind } from "@/lib/support/schema";

interface ResultListProps {
  label: string;
  by: SearchKind;
  rows: {
    /** What a search for this one alone looks for. */
    text: string;
    name: string;
    /** What is to be known of it, such as that it is disabled. */
    note: string | undefined;
  }[];
}

/** People or projects of which several fit the search. Each leads to its keys. */
export function ResultList({ label, by, rows }: ResultListProps) {
  return (
    <ul aria-label={label} className="divide-y rounded-lg border bg-surface shadow-low">
      {rows.map(({ text, name, note }) => (
        <li key={text} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2.5">
          <TextLink href={composeAddress("/support", { by, text })} className="font-medium [overflow-wrap:anywhere]">
            <bdi>{name}</bdi>
          </TextLink>
          <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{text}</span>
          {note ? <span className="text-warn">{note}</span> : null}
        </li>
      ))}
    </ul>
  );
}
