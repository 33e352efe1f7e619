import { ResultBadge } from "@/components/bulk-revocations/result-badge";
import { StateOf } from "@/components/access-keys/state-badge";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { BulkKeyLine } from "@/lib/bulk-revocations/schema";

/** What became of each key. */
export function KeyResults({ rows }: { rows: readonly BulkKeyLine[] }) {
  return (
    <Table label="Keys">
      <TableHead columns={["Access key", "Project", "Region", "Result", "State", "Why"]} />
      <TableBody>
        {rows.map(({ accessKeyId, project, region, result, state, failure }) => (
          <Tr key={accessKeyId}>
            <Td className="font-mono">
              <TextLink href={`/support?access-key=${accessKeyId}`}>{accessKeyId}</TextLink>
            </Td>
            <Td label="Project">{project}</Td>
            <Td label="Region">{region}</Td>
            <Td label="Result">
              <ResultBadge result={result} />
            </Td>
            <Td label="State">
              <StateOf state={state} />
            </Td>
            <Td label="Why" className="min-w-48">
              {failure}
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
