import Link from "next/link";
import { formatCount } from "@/components/ui/bytes";
import { Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

interface ProjectRow {
  slug: string;
  name: string;
  members: number;
  createdAt: string;
  disabledAt: string | null;
}

export function ProjectTable({ rows }: { rows: ProjectRow[] }) {
  return (
    <Table label="Projects">
      <thead>
        <tr>
          <Th>Project</Th>
          <Th>Name in addresses</Th>
          <Th className="text-right">Members</Th>
          <Th>Created</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.slug}>
            <Td className="font-medium">
              {row.disabledAt ? (
                row.name
              ) : (
                <Link
                  href={`/projects/${row.slug}/object-storage`}
                  prefetch={false}
                  className="underline underline-offset-2 hover:text-accent"
                >
                  {row.name}
                </Link>
              )}
            </Td>
            <Td className="font-mono text-[0.8125rem]">{row.slug}</Td>
            <Td className="tabular text-right">{formatCount(row.members)}</Td>
            <Td>
              <Time iso={row.createdAt} />
            </Td>
            <Td>{row.disabledAt ? <span className="text-muted">Switched off</span> : "Active"}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
