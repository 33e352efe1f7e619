import type { OverviewRegion } from "@/components/regions/region-tile";
import { formatBytes, formatCount } from "@/components/ui/bytes";
import { Empty } from "@/components/ui/empty";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

/** So many rows are shown. A storage system lists all buckets of a project at once. */
const SHOWN_MAX = 200;

/** The buckets of a project in all regions. */
export function BucketTable({ regions }: { regions: OverviewRegion[] }) {
  const rows = regions.flatMap(({ name, buckets }) => (buckets ?? []).map((bucket) => ({ region: name, ...bucket })));
  const unreachable = regions.filter((region) => region.service === "unreachable").map((region) => region.name);
  return (
    <>
      {rows.length > 0 ? <Buckets rows={rows.slice(0, SHOWN_MAX)} /> : <NoBuckets regions={regions} />}
      {rows.length > SHOWN_MAX ? (
        <p className="mt-2 text-[0.8125rem] text-muted">
          {SHOWN_MAX} of {formatCount(rows.length)} buckets are shown. An S3 client lists them all.
        </p>
      ) : null}
      {unreachable.length > 0 ? (
        <p className="mt-2 text-[0.8125rem] text-muted">
          The buckets in {unreachable.join(" and ")} are missing here: the storage system did not answer.
        </p>
      ) : null}
    </>
  );
}

type Row = NonNullable<OverviewRegion["buckets"]>[number] & { region: string };

function Buckets({ rows }: { rows: Row[] }) {
  return (
    <Table label="Buckets">
      <TableHead columns={["Bucket", "Region", "Created", "Objects", "Stored"]} numeric={["Objects", "Stored"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={`${row.region} ${row.name}`}>
            <th
              scope="row"
              role="rowheader"
              className="border-b px-3.5 py-2.5 font-mono text-[0.8125rem] font-medium [tr:last-child>&]:border-b-0"
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

function NoBuckets({ regions }: { regions: OverviewRegion[] }) {
  const region = regions.find(({ service }) => service === "ok");
  const unreachable = regions.some(({ service }) => service === "unreachable");
  return (
    <Empty title="No buckets yet">
      {region ? (
        <>
          <p>When CLI access to {region.name} is enabled, this command makes the first bucket:</p>
          <code className="mt-2 inline-block rounded bg-sunken px-2 py-1 text-left font-mono text-[0.8125rem] break-all">
            aws s3 mb s3://my-first-bucket --endpoint-url {region.endpoint}
          </code>
        </>
      ) : (
        <p>
          {unreachable
            ? "The storage system does not answer. Reload the page to ask again."
            : "Enable CLI access in a region first. The buckets that you make there are listed here."}
        </p>
      )}
    </Empty>
  );
}
