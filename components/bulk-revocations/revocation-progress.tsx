import { countKeys } from "@/lib/bulk-revocations/rules";
import type { BulkRevocationLine } from "@/lib/bulk-revocations/schema";

/** How far a bulk revocation has come: a bar, and the same in words that screen readers read out. */
export function RevocationProgress({ revocation }: { revocation: BulkRevocationLine }) {
  const { keys, counts, finishedAt } = revocation;
  const done = keys - counts.waiting - counts.running;
  const parts = [
    `${counts.revoked} revoked`,
    counts["already-ended"] > 0 ? `${counts["already-ended"]} ended before` : "",
    counts.failed > 0 ? `${counts.failed} failed` : "",
    counts.running > 0 ? `${counts.running} being removed` : "",
    counts.waiting > 0 ? `${counts.waiting} waiting` : "",
  ].filter(Boolean);
  const title = finishedAt === null ? `${done} of ${countKeys(keys)} done` : `Finished: ${countKeys(keys)}`;
  return (
    <div className="grid gap-2">
      <progress
        aria-label="Progress"
        value={done}
        max={Math.max(keys, 1)}
        className="h-2.5 w-full overflow-hidden rounded-full border bg-sunken accent-accent"
      />
      <p>
        <span className="font-medium">{title}</span>
        <span className="text-muted">: {parts.join(", ")}</span>
      </p>
      {/* Not every poll is read out: each quarter, and the end. */}
      <p role="status" className="sr-only">
        {finishedAt === null
          ? `${Math.floor((4 * done) / Math.max(keys, 1)) * 25} % done`
          : `${title}: ${parts.join(", ")}`}
      </p>
    </div>
  );
}
