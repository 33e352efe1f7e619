import { Fragment } from "react";
import { HistoryToggle } from "@/components/access-keys/history/history-toggle";
import { KeyHistory } from "@/components/access-keys/history/key-history";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { StateBadge } from "@/components/access-keys/state-badge";
import { cn } from "@/components/ui/cn";
import { PrintButton } from "@/components/ui/print-button";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import { TimeZone } from "@/components/ui/time-zone";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { HistoryLine, KeyRow, KeyTablePage } from "@/lib/access-keys/schema";

const COLUMNS = ["Access key", "Region", "State", "Created", "Expires", "Last used", "Ended and receipt"];

/**
 * All keys of a project. Pressing an access key opens the history of the key below its row. While a history is open, the
 * printed page has that key alone.
 */
export function KeyTable({ project, rows, opened }: Pick<KeyTablePage, "rows" | "opened"> & { project: string }) {
  return (
    // A window of 1,280 px shows every column: cells are narrower there, and a time may take two lines.
    <Table
      label="Keys"
      className="max-[100rem]:[&_:is(td,th)]:px-2.5 max-[100rem]:[&_td[data-label]_time]:whitespace-normal"
    >
      <TableHead columns={COLUMNS} />
      <TableBody>
        {rows.map((row) => {
          const history = opened?.id === row.id ? opened.history : undefined;
          return (
            <Fragment key={row.id}>
              <Row
                project={project}
                row={row}
                open={history !== undefined}
                hasOtherOpen={opened !== null && !history}
              />
              {history ? <HistoryRow row={row} history={history} /> : null}
            </Fragment>
          );
        })}
      </TableBody>
    </Table>
  );
}

/** `hasOtherOpen`: the history of another key is open, so this row is not printed. */
function Row(props: { project: string; row: KeyRow; open: boolean; hasOtherOpen: boolean }) {
  const { project, row, open, hasOtherOpen } = props;
  return (
    <Tr className={cn(open && "border-b-0! [&>*]:border-b-0", hasOtherOpen && "print:hidden!")}>
      <Td>
        <HistoryToggle keyId={row.id} accessKeyId={row.accessKeyId} open={open} />
        <Name {...row} />
        {row.state === "ACTIVE" ? (
          <TextLink
            href={`/projects/${project}/object-storage#region-${row.region}`}
            aria-label={`Connect a client with ${row.accessKeyId}`}
            className="ml-5 flex min-h-6 w-fit items-center text-[0.8125rem] text-muted"
          >
            Connect a client
          </TextLink>
        ) : null}
      </Td>
      <Td label="Region">{row.region}</Td>
      <Td label="State">
        <State state={row.state} />
        {row.missingSince ? (
          <span className="mt-1 block max-w-44 text-[0.8125rem] text-warn">
            Not known to the storage system since <Time iso={row.missingSince} />
          </span>
        ) : null}
      </Td>
      <Td label="Created" className="sm:min-w-34">
        <Time iso={row.createdAt} />
        <bdi className="block min-w-0 text-muted [overflow-wrap:anywhere]">{row.createdBy}</bdi>
        {row.madeFor ? <span className="block text-muted">for {row.madeFor}</span> : null}
      </Td>
      <Td label="Expires" className="sm:min-w-26">
        {row.expiresAt ? <Time iso={row.expiresAt} /> : <span className="text-muted">Never</span>}
      </Td>
      <Td label="Last used" className="sm:min-w-26">
        <LastUse {...row} />
      </Td>
      <Td label="Ended and receipt" className="sm:min-w-42">
        <Ended row={row} />
      </Td>
    </Tr>
  );
}

function HistoryRow({ row, history }: { row: KeyRow; history: HistoryLine[] }) {
  return (
    <Tr id={`history-${row.id}`}>
      <Td colSpan={COLUMNS.length} className="bg-sunken">
        {/* The table may be wider than its box: the history is as wide as the page, and stays in view. */}
        <div className="sticky left-2.5 max-w-[calc(100vw-4rem)] py-1.5 min-[100rem]:left-3.5 sm:max-w-[calc(100vw-6rem)] lg:max-w-[calc(min(100vw-15.5rem,100rem)-7rem)]">
          <div className="mb-2.5 flex flex-wrap items-center justify-between gap-2">
            <h2 className="text-[0.8125rem] font-medium text-muted">History of {row.accessKeyId}</h2>
            <PrintButton />
          </div>
          <KeyHistory history={history} />
          <p className="mt-2.5 text-[0.8125rem] text-muted">
            <TimeZone />
          </p>
        </div>
      </Td>
    </Tr>
  );
}

/** The name of a named key, and what it may do where that is not everything. */
function Name({ name, access }: KeyRow) {
  if (name === null) return null;
  return (
    <span className="block max-w-48 pl-5 text-[0.8125rem] break-words">
      <bdi>{name}</bdi>
      {access === "read-only" ? <span className="text-muted">, read only</span> : null}
    </span>
  );
}

function State({ state }: { state: string }) {
  const known = KEY_STATES.find((candidate) => candidate === state);
  return known ? <StateBadge state={known} /> : state;
}

function LastUse({ lastUsedAt, lastUsedAsOf, tellsLastUse }: KeyRow) {
  if (lastUsedAt) return <Time iso={lastUsedAt} />;
  if (!tellsLastUse) return <span className="text-muted">Not told</span>;
  return <span className="text-muted">{lastUsedAsOf ? "Never" : "Not known"}</span>;
}

function Ended({ row }: { row: KeyRow }) {
  if (!row.endedAt && row.receipts.length === 0) return <span className="text-muted">Not ended</span>;
  return (
    <>
      {row.endedAt ? <Time iso={row.endedAt} /> : null}
      <span className="block text-muted">{[row.endedBy, row.endReason].filter(Boolean).join(": ")}</span>
      {row.receipts.length > 0 ? (
        <div className="mt-1 text-[0.8125rem]">
          <ReceiptList receipts={row.receipts} />
        </div>
      ) : null}
    </>
  );
}
