import { StateBadge } from "@/components/access-keys/state-badge";
import { LastUsed } from "@/components/access-keys/last-use/last-used";
import { composeAddress } from "@/components/layout/parameters";
import { Table, TableHead, Td } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { KeyRow } from "@/lib/access-keys/schema";

interface KeyResultsProps {
  rows: (KeyRow & { project: { slug: string; name: string } })[];
}

/** Keys that support has found. Each leads to its state and history. On phones each row is a card. */
export function KeyResults({ rows }: KeyResultsProps) {
  return (
    <Table label="Keys" className="max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:sr-only">
      <TableHead columns={["Access key", "Project", "Region", "State", "Owner", "Last used"]} />
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.id}
            className="max-sm:grid max-sm:gap-1 max-sm:border-b max-sm:px-3.5 max-sm:py-3 max-sm:last:border-b-0 max-sm:[&>td]:border-b-0 max-sm:[&>td]:p-0"
          >
            <Td className="min-w-0">
              <TextLink
                href={composeAddress("/support", { "access-key": row.accessKeyId })}
                className="font-mono break-all"
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
            <Td className="min-w-0 [overflow-wrap:anywhere]">
              <TextLink href={composeAddress("/support", { by: "project", text: row.project.slug })}>
                <bdi>{row.project.name}</bdi>
              </TextLink>
            </Td>
            <Td>{row.region}</Td>
            <Td>
              <State state={row.state} />
            </Td>
            <Td className="min-w-0 [overflow-wrap:anywhere]">
              <span className="text-muted sm:hidden">By </span>
              <bdi>{row.createdBy}</bdi>
              {row.madeFor ? (
                <span className="text-muted sm:block">
                  {" "}
                  for <bdi>{row.madeFor}</bdi>
                </span>
              ) : null}
            </Td>
            <Td className="max-sm:text-muted">
              <span className="sm:hidden">Last used: </span>
              <LastUsed use={row} tells={row.tellsLastUse} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function State({ state }: { state: string }) {
  const known = KEY_STATES.find((candidate) => candidate === state);
  return known ? <StateBadge state={known} /> : state;
}
