import { formatBytes, formatCount } from "@/components/ui/bytes";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { UsagePoint } from "@/lib/usage/schema";

/** The points of the chart as a table, the newest first. */
export function HistoryTable({ points }: { points: UsagePoint[] }) {
  const rows = [...points].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || a.region.localeCompare(b.region));
  return (
    <Table label="Figures of the chart" className="dense-table">
      <TableHead
        columns={["Time", "Region", "Buckets", "Objects", "Stored"]}
        numeric={["Buckets", "Objects", "Stored"]}
      />
      <TableBody>
        {rows.map(({ at, region, buckets, objects, bytes }) => (
          <Tr key={`${at} ${region}`}>
            <Td>
              <Time iso={at} />
            </Td>
            <Td label="Region">{region}</Td>
            <Td label="Buckets" className="tabular text-right">
              {formatCount(buckets)}
            </Td>
            <Td label="Objects" className="tabular text-right">
              {formatCount(objects)}
            </Td>
            <Td label="Stored" className="tabular text-right whitespace-nowrap">
              {formatBytes(bytes)}
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
