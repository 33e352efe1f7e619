import { SwitchedState } from "@/components/ui/switched-state";
import { Table, TableHead, Td } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";

interface UserRow {
  id: string;
  email: string;
  name: string;
  platformRole: string | null;
  disabledAt: string | null;
  createdAt: string;
  projects: { slug: string; role: string }[];
}

/** All users, for administrators. */
export function UserTable({ rows }: { rows: UserRow[] }) {
  return (
    <Table label="Users">
      <TableHead columns={["Name", "Email", "Platform role", "Projects", "Created", "State"]} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td className="font-medium whitespace-nowrap">{row.name}</Td>
            <Td>{row.email}</Td>
            <Td>{row.platformRole ?? <None />}</Td>
            <Td>{row.projects.length > 0 ? <Memberships projects={row.projects} /> : <None />}</Td>
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

function Memberships({ projects }: Pick<UserRow, "projects">) {
  return (
    <ul>
      {projects.map(({ slug, role }) => (
        <li key={slug} className="whitespace-nowrap">
          <TextLink href={`/projects/${slug}/object-storage`}>{slug}</TextLink>{" "}
          <span className="text-muted">as {role}</span>
        </li>
      ))}
    </ul>
  );
}

function None() {
  return <span className="text-muted">None</span>;
}
