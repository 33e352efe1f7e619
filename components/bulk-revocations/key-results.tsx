import { ResultBadge } from "@/components/bulk-revocations/result-badge";
import { Table, TableHead, Td } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { BulkKeyLine } from "@/lib/bulk-revocations/schema";

/** What became of each key. */
export function KeyResults({ rows }: { rows: readonly BulkKeyLine[] }) {
  return (
    <Table label="Keys">
      <TableHead columns={["Access key", "Project", "Region", "Result", "Why"]} />
      <tbody>
        {rows.map(({ accessKeyId, project, region, result, failure }) => (
          <tr key={accessKeyId}>
            <Td className="font-mono">
              <TextLink href={`/support?access-key=${accessKeyId}`}>{accessKeyId}</TextLink>
            </Td>
            <Td>{project}</Td>
            <Td>{region}</Td>
            <Td>
              <ResultBadge result={result} />
            </Td>
            <Td className="min-w-48">{failure}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
