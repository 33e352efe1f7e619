"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { KeyTable } from "@/components/access-keys/history/key-table";
import { PollNotice } from "@/components/layout/poll-notice";
import { loadConfigured } from "@/components/ui/load-schema";
import { usePoll } from "@/components/ui/use-poll";
import type { KeyTablePage } from "@/lib/access-keys/schema";

const POLL_MS = 5_000;

async function parsePage(body: unknown): Promise<KeyTablePage> {
  const { keyTableSchema } = await loadConfigured(() => import("@/lib/access-keys/schema"));
  return keyTableSchema.parse(body);
}

export interface LiveKeyTableProps {
  /** The polling route with the query of the page. */
  address: string;
  /** The slug of the project. */
  project: string;
  initial: KeyTablePage;
  /** What stands in place of a table without rows. */
  empty: ReactNode;
}

/** The key table of a page, polled. What came with the page is old when this is loaded, so it asks at once. */
export function PolledKeyTable({ address, project, initial, empty }: LiveKeyTableProps) {
  const { data, problem, refresh } = usePoll({ address, initial, everyMs: POLL_MS, parse: parsePage });
  const isFirst = useRef(true);

  useEffect(() => {
    if (isFirst.current) refresh();
    isFirst.current = false;
  }, [refresh]);

  return (
    <div className="grid gap-4">
      <PollNotice problem={problem} />
      {data.rows.length > 0 ? <KeyTable project={project} rows={data.rows} opened={data.opened} /> : empty}
    </div>
  );
}
