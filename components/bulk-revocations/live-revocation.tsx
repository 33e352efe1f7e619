"use client";

import type { ReactNode } from "react";
import { KeyResults } from "@/components/bulk-revocations/key-results";
import { RESULT_NAMES } from "@/components/bulk-revocations/result-badge";
import { RetryFailed } from "@/components/bulk-revocations/retry-failed";
import { RevocationProgress } from "@/components/bulk-revocations/revocation-progress";
import { PollNotice } from "@/components/layout/poll-notice";
import { Empty } from "@/components/ui/empty";
import { loadConfigured } from "@/components/ui/load-schema";
import { TextLink } from "@/components/ui/text-link";
import { usePoll } from "@/components/ui/use-poll";
import type { BulkProgress, BulkResult, BulkRevocationLine } from "@/lib/bulk-revocations/schema";

const POLL_MS = 2_000;

async function parseProgress(body: unknown): Promise<BulkProgress> {
  const { bulkProgressSchema } = await loadConfigured(() => import("@/lib/bulk-revocations/schema"));
  return bulkProgressSchema.parse(body);
}

interface LiveRevocationProps {
  /** The polling route with the query of the page. */
  address: string;
  initial: BulkProgress;
  result: BulkResult | undefined;
  /** What stands between the progress and the keys. */
  children: ReactNode;
}

/** A bulk revocation, polled: how far it has come, and a page of its keys. */
export function LiveRevocation({ address, initial, result, children }: LiveRevocationProps) {
  const { data, problem, refresh } = usePoll({ address, initial, everyMs: POLL_MS, parse: parseProgress });
  const { revocation, page } = data;
  return (
    <div className="grid gap-4">
      <PollNotice problem={problem} />
      <RevocationProgress revocation={revocation} />
      <div className="flex flex-wrap items-center gap-2">
        {revocation.counts.failed > 0 ? <RetryFailed id={revocation.id} onRetried={refresh} /> : null}
        {children}
      </div>
      <ResultFilter revocation={revocation} current={result} />
      {page.rows.length > 0 ? (
        <KeyResults rows={page.rows} />
      ) : (
        <Empty title="No key has this result">Choose another result.</Empty>
      )}
    </div>
  );
}

function ResultFilter({ revocation, current }: { revocation: BulkRevocationLine; current: BulkResult | undefined }) {
  const path = `/support/bulk-revoke/${revocation.id}`;
  const results = (Object.keys(RESULT_NAMES) as BulkResult[]).filter(
    (result) => revocation.counts[result] > 0 || result === current,
  );
  return (
    <nav aria-label="Result" className="flex flex-wrap gap-x-4 gap-y-1">
      <FilterLink href={path} current={current === undefined}>
        All ({revocation.keys})
      </FilterLink>
      {results.map((result) => (
        <FilterLink key={result} href={`${path}?result=${result}`} current={result === current}>
          {RESULT_NAMES[result]} ({revocation.counts[result]})
        </FilterLink>
      ))}
    </nav>
  );
}

function FilterLink({ href, current, children }: { href: string; current: boolean; children: ReactNode }) {
  return (
    <TextLink href={href} aria-current={current ? "page" : undefined} className="aria-[current=page]:font-semibold">
      {children}
    </TextLink>
  );
}
