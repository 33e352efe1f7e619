import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatBytes, formatCount } from "@/components/ui/bytes";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { chooseOrder } from "@/components/usage/buckets/bucket-order";
import { type BucketPlace, composePlace } from "@/components/usage/buckets/bucket-place";
import type { BucketRow, BucketSort } from "@/lib/usage/schema";

const COLUMNS = ["Bucket", "Region", "Created", "Objects", "Stored"] as const;
const SORTED_BY = {
  Bucket: "name",
  Created: "createdAt",
  Objects: "objects",
  Stored: "bytes",
} as const satisfies Partial<Record<(typeof COLUMNS)[number], BucketSort>>;

/** Buckets of a project. The heads of the columns sort them. */
export function BucketTable({ rows, place }: { rows: BucketRow[]; place: BucketPlace }) {
  const heads = Object.entries(SORTED_BY).map(([column, sort]): [string, ReactNode] => [
    column,
    <SortLink key={column} column={column} sort={sort} place={place} />,
  ]);
  const column = Object.entries(SORTED_BY).find(([, sort]) => sort === place.sort)?.[0] ?? "Bucket";
  return (
    <Table label="Buckets" className="dense-table">
      <TableHead
        columns={COLUMNS}
        numeric={["Objects", "Stored"]}
        heads={Object.fromEntries(heads)}
        sorted={{ column, direction: place.order === "asc" ? "ascending" : "descending" }}
      />
      <TableBody>
        {rows.map((row) => (
          <Tr key={`${row.region} ${row.name}`}>
            <th
              scope="row"
              role="rowheader"
              className="min-w-40 border-b px-3.5 py-2.5 font-mono text-[0.8125rem] font-medium [overflow-wrap:anywhere] [tr:last-child>&]:border-b-0"
            >
              {row.name}
            </th>
            <Td label="Region">{row.region}</Td>
            <Td label="Created">
              <Time iso={row.createdAt} />
            </Td>
            <Td label="Objects" className="tabular text-right">
              {formatCount(row.objects)}
            </Td>
            <Td label="Stored" className="tabular text-right whitespace-nowrap">
              {formatBytes(row.bytes)}
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}

/** The head of a column. On a phone, where the heads are not seen, it is no link: the filter sorts there. */
function SortLink({ column, sort, place }: { column: string; sort: BucketSort; place: BucketPlace }) {
  const Arrow = place.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <>
      <span className="sm:hidden">{column}</span>
      <Link
        href={composePlace({ ...place, ...chooseOrder(sort, place) })}
        scroll={false}
        prefetch={false}
        className="inline-flex min-h-6 items-center gap-1 hover:text-foreground max-sm:hidden"
      >
        {column}
        {place.sort === sort ? <Arrow aria-hidden className="size-3.5" /> : null}
      </Link>
    </>
  );
}
