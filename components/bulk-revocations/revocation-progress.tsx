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
  return (
    <div className="grid gap-2">
      <progress
        aria-label="Progress"
        value={done}
        max={Math.max(keys, 1)}
        className="h-2.5 w-full overflow-hidden rounded-full border bg-sunken accent-accent"
      />
      <p role="status">
        <span className="font-medium">
          {finishedAt === null ? `${done} of ${countKeys(keys)} done` : `Finished: ${countKeys(keys)}`}
        </span>
        <span className="text-muted">: {parts.join(", ")}</span>
      </p>
    </div>
  );
}
