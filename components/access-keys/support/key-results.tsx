import { StateOf } from "@/components/access-keys/state-badge";
import { LastUsed } from "@/components/access-keys/last-use/last-used";
import { composeAddress } from "@/components/layout/parameters";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { KeyRow } from "@/lib/access-keys/schema";

interface KeyResultsProps {
  rows: (KeyRow & { project: { slug: string; name: string } })[];
}

/** Keys that support has found. Each leads to its state and history. On phones each row is a card. */
export function KeyResults({ rows }: KeyResultsProps) {
  return (
    <Table label="Keys">
      <TableHead columns={["Access key", "Project", "Region", "State", "Owner", "Last used"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td className="min-w-0">
              <TextLink
                href={composeAddress("/support", { "access-key": row.accessKeyId })}
                className="font-mono text-[0.8125rem] break-all sm:whitespace-nowrap"
              >
                {row.accessKeyId}
              </TextLink>
              {row.name === null ? null : (
                <span className="block text-[0.8125rem] [overflow-wrap:anywhere]">
                  <bdi>{row.name}</bdi>
                  {row.access === "read-only" ? <span className="text-muted">, read only</span> : null}
                </span>
              )}
            </Td>
            <Td label="Project" className="min-w-0 [overflow-wrap:anywhere]">
              <TextLink href={composeAddress("/support", { by: "project", text: row.project.slug })}>
                <bdi>{row.project.name}</bdi>
              </TextLink>
            </Td>
            <Td label="Region">{row.region}</Td>
            <Td label="State">
              <StateOf state={row.state} />
            </Td>
            <Td label="Owner" className="min-w-0 [overflow-wrap:anywhere]">
              <bdi>{row.createdBy}</bdi>
              {row.madeFor ? (
                <span className="text-muted sm:block">
                  {" "}
                  for <bdi>{row.madeFor}</bdi>
                </span>
              ) : null}
            </Td>
            <Td label="Last used">
              <LastUsed use={row} tells={row.tellsLastUse} />
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
