"use client";

import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { ChevronRight, LoaderCircle } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Fragment, useTransition } from "react";
import { KeyHistory, type HistoryLine } from "@/components/access-keys/history/key-history";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { StateBadge } from "@/components/access-keys/card/state-badge";
import { cn } from "@/components/ui/cn";
import { Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { ReceiptLine } from "@/lib/access-keys/schema";

/** A key of the project, current or past. */
export interface KeyTableRow {
  id: string;
  accessKeyId: string;
  region: string;
  state: string;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  endedAt: string | null;
  endedBy: string | null;
  endReason: string | null;
  receipts: ReceiptLine[];
}

interface KeyTableProps {
  rows: KeyTableRow[];
  /** The row that is open, with its history. */
  opened: { id: string; history: HistoryLine[] } | undefined;
}

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, KeyTableRow>();
const columns = helper.columns([
  helper.accessor("accessKeyId", { header: "Access key" }),
  helper.accessor("region", { header: "Region", cell: ({ getValue }) => getValue() }),
  helper.accessor("state", { header: "State", cell: ({ getValue }) => <State state={getValue()} /> }),
  helper.accessor("createdAt", { header: "Created", cell: ({ row }) => <Created row={row.original} /> }),
  helper.accessor("expiresAt", { header: "Expires", cell: ({ row }) => <Expires row={row.original} /> }),
  helper.accessor("endedAt", { header: "Ended", cell: ({ row }) => <Ended row={row.original} /> }),
  helper.accessor("receipts", { header: "Receipt", cell: ({ row }) => <Receipt row={row.original} /> }),
]);

/** All keys of a project; pressing a row's access key opens its history below it. */
export function KeyTable({ rows, opened }: KeyTableProps) {
  const table = useTable({ features, columns, data: rows });
  return (
    <Table label="Keys">
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => (
              <Th key={header.id}>
                <table.FlexRender header={header} />
              </Th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => {
          const [first, ...rest] = row.getAllCells();
          const history = opened?.id === row.original.id ? opened.history : undefined;
          return (
            <Fragment key={row.original.id}>
              <tr className={cn(history && "[&>*]:border-b-0")}>
                <Td key={first?.id}>
                  <Opener row={row.original} open={history !== undefined} />
                </Td>
                {rest.map((cell) => (
                  <Td key={cell.id}>
                    <table.FlexRender cell={cell} />
                  </Td>
                ))}
              </tr>
              {history ? (
                <tr id={`history-${row.original.id}`}>
                  <Td colSpan={columns.length} className="bg-sunken py-4">
                    {/* The table is wider than a phone: its history stays in view. */}
                    <div className="sticky left-3.5 w-full max-w-[calc(100vw-4rem)]">
                      <h2 className="mb-2.5 text-[0.8125rem] font-medium text-muted">
                        History of {row.original.accessKeyId}
                      </h2>
                      <KeyHistory history={history} />
                    </div>
                  </Td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </tbody>
    </Table>
  );
}

function Opener({ row, open }: { row: KeyTableRow; open: boolean }) {
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams();
  const [pending, startTransition] = useTransition();

  function toggle() {
    const next = new URLSearchParams(query);
    if (open) next.delete("key");
    else next.set("key", row.id);
    startTransition(() => router.replace(`${path}?${next.toString()}`, { scroll: false }));
  }

  return (
    <button
      type="button"
      onClick={toggle}
      aria-expanded={open}
      aria-controls={open ? `history-${row.id}` : undefined}
      className="-mx-1.5 inline-flex items-center gap-1.5 rounded px-1.5 py-0.5 font-mono text-[0.8125rem] font-medium whitespace-nowrap hover:bg-accent-soft"
    >
      {pending ? (
        <LoaderCircle aria-hidden className="size-3.5 animate-spin text-muted" />
      ) : (
        <ChevronRight aria-hidden className={cn("size-3.5 text-muted transition-transform", open && "rotate-90")} />
      )}
      {row.accessKeyId}
    </button>
  );
}

function State({ state }: { state: string }) {
  const known = KEY_STATES.find((candidate) => candidate === state);
  return known ? <StateBadge state={known} /> : state;
}

function Created({ row }: { row: KeyTableRow }) {
  return (
    <>
      <Time iso={row.createdAt} />
      <span className="block text-muted">{row.createdBy}</span>
    </>
  );
}

function Expires({ row }: { row: KeyTableRow }) {
  return row.expiresAt ? <Time iso={row.expiresAt} /> : <span className="text-muted">Never</span>;
}

function Ended({ row }: { row: KeyTableRow }) {
  if (!row.endedAt) return <span className="text-muted">Not ended</span>;
  return (
    <div className="min-w-36">
      <Time iso={row.endedAt} />
      <span className="block text-muted">{[row.endedBy, row.endReason].filter(Boolean).join(": ")}</span>
    </div>
  );
}

function Receipt({ row }: { row: KeyTableRow }) {
  if (row.receipts.length === 0) return <span className="text-muted">None</span>;
  return (
    <div className="min-w-40 text-[0.8125rem]">
      <ReceiptList receipts={row.receipts} />
    </div>
  );
}
