import { RetryChange } from "@/components/unfinished-changes/retry-change";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { UnfinishedLine } from "@/lib/unfinished-changes/schema";

const STATES: Record<UnfinishedLine["state"], { text: string; className: string }> = {
  "in-flight": { text: "In flight", className: "text-muted" },
  stuck: { text: "Stuck", className: "font-medium text-warn" },
  failed: { text: "Failed", className: "font-medium text-danger" },
};

/** Changes of keys that are not finished: why, and what to do next. */
export function UnfinishedTable({ rows }: { rows: UnfinishedLine[] }) {
  return (
    <Table label="Operations" className="max-[100rem]:[&_td[data-label]_time]:whitespace-normal">
      <TableHead columns={["Change", "State", "Project", "Region", "By", "Since", "Cause and next step", "Actions"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td className="min-w-0 sm:min-w-32">
              <span className="font-medium">{row.what}</span>
              {row.accessKeyId ? (
                <span className="block font-mono text-[0.8125rem] break-all text-muted">{row.accessKeyId}</span>
              ) : null}
            </Td>
            <Td label="State" className="whitespace-nowrap">
              <span className={STATES[row.state].className}>{STATES[row.state].text}</span>
              {row.retries > 0 ? <span className="block text-xs text-muted">tried again {row.retries}×</span> : null}
            </Td>
            <Td label="Project" className="[overflow-wrap:anywhere] sm:min-w-36">
              <TextLink href={`/admin/projects/${row.project.slug}`}>
                <bdi>{row.project.name}</bdi>
              </TextLink>
            </Td>
            <Td label="Region">{row.region}</Td>
            <Td label="By" className="[overflow-wrap:anywhere] sm:min-w-24">
              <bdi>{row.who ?? "Latchkey"}</bdi>
            </Td>
            <Td label="Since" className="sm:min-w-28">
              <Time iso={row.since} />
            </Td>
            <Td className="sm:min-w-48">
              <p className="[overflow-wrap:anywhere]">{row.cause}</p>
              <p className="mt-1 text-muted [overflow-wrap:anywhere]">{row.next}</p>
            </Td>
            <Td>{row.retry ? <RetryChange id={row.id} what={row.what} retry={row.retry} /> : null}</Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
