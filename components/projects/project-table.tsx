import { formatCount } from "@/components/ui/bytes";
import { SwitchedState } from "@/components/ui/switched-state";
import { Table, TableHead, Td } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";

interface ProjectRow {
  slug: string;
  name: string;
  members: number;
  createdAt: string;
  disabledAt: string | null;
}

/** All projects, for administrators. */
export function ProjectTable({ rows }: { rows: ProjectRow[] }) {
  return (
    <Table label="Projects">
      <TableHead columns={["Project", "Name in addresses", "Members", "Created", "State"]} numeric={["Members"]} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.slug}>
            <Td className="font-medium">
              {row.disabledAt ? (
                row.name
              ) : (
                <TextLink href={`/projects/${row.slug}/object-storage`}>{row.name}</TextLink>
              )}
            </Td>
            <Td className="font-mono text-[0.8125rem]">{row.slug}</Td>
            <Td className="tabular text-right">
              <TextLink href={`/projects/${row.slug}/members`}>
                {formatCount(row.members)} <span className="sr-only">members of {row.name}</span>
              </TextLink>
            </Td>
            <Td>
              <Time iso={row.createdAt} />
            </Td>
            <Td>
              <SwitchedState disabledAt={row.disabledAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
