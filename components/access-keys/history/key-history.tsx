import { Time } from "@/components/ui/time";
import type { HistoryLine } from "@/lib/access-keys/schema";

/** The events of a key as sentences, oldest first. */
export function KeyHistory({ history }: { history: HistoryLine[] }) {
  if (history.length === 0) return <p className="text-muted">Nothing is recorded about this key.</p>;
  return (
    <ol className="grid gap-2 border-l pl-4">
      {history.map(({ at, sentence }, index) => (
        <li key={index} className="relative grid gap-x-4 sm:grid-cols-[10.5rem_minmax(0,1fr)]">
          <span
            aria-hidden
            className="absolute top-2 -left-[1.22rem] size-2 rounded-full border-2 border-surface bg-control"
          />
          <span className="text-muted">
            <Time iso={at} exact />
          </span>
          <bdi className="break-words">{sentence}</bdi>
        </li>
      ))}
    </ol>
  );
}
