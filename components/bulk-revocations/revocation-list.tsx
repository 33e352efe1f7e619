import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { BulkRevocationLine } from "@/lib/bulk-revocations/schema";

const COLUMNS = ["Started", "By", "Keys of", "Keys", "Revoked", "Failed", "State", "Reason"];

/** The bulk revocations, newest first. */
export function RevocationList({ rows }: { rows: readonly BulkRevocationLine[] }) {
  return (
    <Table label="Bulk revocations">
      <TableHead columns={COLUMNS} numeric={["Keys", "Revoked", "Failed"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td>
              <TextLink href={`/support/bulk-revoke/${row.id}`}>
                <Time iso={row.createdAt} />
              </TextLink>
            </Td>
            <Td label="By">
              <bdi>{row.startedBy}</bdi>
            </Td>
            <Td label="Keys of">{row.chosen === null ? "a text" : `${row.chosenBy} ${row.chosen}`}</Td>
            <Td label="Keys" className="text-right tabular-nums">
              {row.keys}
            </Td>
            <Td label="Revoked" className="text-right tabular-nums">
              {row.counts.revoked}
            </Td>
            <Td label="Failed" className="text-right tabular-nums">
              {row.counts.failed}
            </Td>
            <Td label="State">{row.finishedAt === null ? "In progress" : "Finished"}</Td>
            <Td label="Reason" className="min-w-48">
              <bdi>{row.reason}</bdi>
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
