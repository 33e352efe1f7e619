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

/** All projects, for administrators. On phones each row is a card. */
export function ProjectTable({ rows }: { rows: ProjectRow[] }) {
  return (
    <Table label="Projects" className="max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:sr-only">
      <TableHead columns={["Project", "Slug", "Members", "Created", "State"]} numeric={["Members"]} />
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.slug}
            className="max-sm:grid max-sm:gap-1 max-sm:border-b max-sm:px-3.5 max-sm:py-3 max-sm:last:border-b-0 max-sm:[&>td]:border-b-0 max-sm:[&>td]:p-0"
          >
            <Td className="min-w-0 font-medium">
              <TextLink href={`/admin/projects/${row.slug}`} className="[overflow-wrap:anywhere]">
                <bdi>{row.name}</bdi>
              </TextLink>
            </Td>
            <Td className="font-mono text-[0.8125rem]">{row.slug}</Td>
            <Td className="tabular sm:text-right">
              <TextLink href={`/projects/${row.slug}/members`}>
                {formatCount(row.members)} <span className="sm:sr-only">members of {row.name}</span>
              </TextLink>
            </Td>
            <Td className="max-sm:text-muted">
              <span className="sm:hidden">Created </span>
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
