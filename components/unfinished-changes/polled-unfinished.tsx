"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { PollNotice } from "@/components/layout/poll-notice";
import { loadConfigured } from "@/components/ui/load-schema";
import { UnfinishedTable } from "@/components/unfinished-changes/unfinished-table";
import { usePoll } from "@/components/ui/use-poll";
import type { UnfinishedPage } from "@/lib/unfinished-changes/schema";

const POLL_MS = 5_000;

async function parsePage(body: unknown): Promise<UnfinishedPage> {
  const { unfinishedPageSchema } = await loadConfigured(() => import("@/lib/unfinished-changes/schema"));
  return unfinishedPageSchema.parse(body);
}

interface PolledUnfinishedProps {
  /** The polling route with the query of the page. */
  address: string;
  initial: UnfinishedPage;
  /** What stands in place of a table without rows. */
  empty: ReactNode;
}

/** The unfinished changes of a page, polled. A hidden tab does not poll. */
export function PolledUnfinished({ address, initial, empty }: PolledUnfinishedProps) {
  const { data, problem, refresh } = usePoll({ address, initial, everyMs: POLL_MS, parse: parsePage });
  const shown = useRef(initial);

  // After a retry the page is loaded again: what came with it is newer than the last poll.
  useEffect(() => {
    if (shown.current === initial) return;
    shown.current = initial;
    refresh();
  }, [initial, refresh]);

  return (
    <div className="grid gap-4">
      <PollNotice problem={problem} />
      {data.rows.length > 0 ? <UnfinishedTable rows={data.rows} /> : empty}
    </div>
  );
}
