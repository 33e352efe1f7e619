"use client";

import type { ReactNode } from "react";
import { KeyTable } from "@/components/access-keys/history/key-table";
import { PollNotice } from "@/components/layout/poll-notice";
import { usePoll } from "@/components/ui/use-poll";
import type { KeyTablePage } from "@/lib/access-keys/schema";

const POLL_MS = 5_000;

async function parsePage(body: unknown): Promise<KeyTablePage> {
  const { keyTableSchema } = await import("@/lib/access-keys/schema");
  return keyTableSchema.parse(body);
}

interface LiveKeyTableProps {
  /** The polling route with the query of the page. */
  address: string;
  initial: KeyTablePage;
  /** What stands in place of a table without rows. */
  empty: ReactNode;
}

/** The key table of a page. It refreshes itself. */
export function LiveKeyTable({ address, initial, empty }: LiveKeyTableProps) {
  const { data, problem } = usePoll({ address, initial, everyMs: POLL_MS, parse: parsePage });
  return (
    <div className="grid gap-4">
      <PollNotice problem={problem} />
      {data.rows.length > 0 ? <KeyTable rows={data.rows} opened={data.opened} /> : empty}
    </div>
  );
}
