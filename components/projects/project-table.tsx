import { formatCount } from "@/components/ui/bytes";
import { SwitchedState } from "@/components/ui/switched-state";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
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
      <TableHead columns={["Project", "Slug", "Members", "Created", "State"]} numeric={["Members"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.slug}>
            <Td className="min-w-0 font-medium">
              <TextLink href={`/admin/projects/${row.slug}`} className="[overflow-wrap:anywhere]">
                <bdi>{row.name}</bdi>
              </TextLink>
            </Td>
            <Td label="Slug" className="font-mono text-[0.8125rem] sm:whitespace-nowrap">
              {row.slug}
            </Td>
            <Td label="Members" className="tabular sm:text-right">
              <TextLink href={`/projects/${row.slug}/members`}>
                {formatCount(row.members)} <span className="sr-only">members of {row.name}</span>
              </TextLink>
            </Td>
            <Td label="Created">
              <Time iso={row.createdAt} />
            </Td>
            <Td label="State">
              <SwitchedState disabledAt={row.disabledAt} />
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}
