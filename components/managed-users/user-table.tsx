import { namePlatformRole } from "@/components/managed-users/role-options";
import { UserActions } from "@/components/managed-users/user-actions";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { UserRow } from "@/lib/users/schema";

/** All users, for administrators. `self` is the e-mail address of the one who looks. */
export function UserTable({ rows, self }: { rows: UserRow[]; self: string }) {
  return (
    <Table label="Users">
      <TableHead columns={["Name", "Email", "Platform role", "Projects", "Created", "State", "Actions"]} />
      <TableBody>
        {rows.map((row) => (
          <Tr key={row.id} className="max-sm:relative">
            <Td className="min-w-0 font-medium max-sm:mr-9">
              <bdi className="[overflow-wrap:anywhere]">{row.name}</bdi>
              {row.email === self ? <span className="font-normal text-muted"> (you)</span> : null}
            </Td>
            <Td className="min-w-0 [overflow-wrap:anywhere]">{row.email}</Td>
            <Td label="Platform role" className={row.platformRole ? undefined : "text-muted"}>
              {namePlatformRole(row.platformRole)}
            </Td>
            <Td label="Projects" className="min-w-0">
              <Memberships row={row} />
            </Td>
            <Td label="Created">
              <Time iso={row.createdAt} />
            </Td>
            <Td label="State">
              <State row={row} />
            </Td>
            <Td className="max-sm:absolute max-sm:top-1.5 max-sm:right-1.5">
              <UserActions user={row} own={row.email === self} />
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  );
}

function State({ row: { disabledAt, waitsForSetUp } }: { row: UserRow }) {
  if (disabledAt) return <span className="text-warn">Disabled</span>;
  return waitsForSetUp ? <span className="text-muted">Waits for set-up</span> : "Active";
}

function Memberships({ row: { projects, projectCount } }: { row: UserRow }) {
  if (projectCount === 0) return <span className="text-muted">None</span>;
  if (projects.length === 0) return `${projectCount} projects`;
  return (
    <ul>
      {projects.map(({ slug, role }) => (
        <li key={slug} className="[overflow-wrap:anywhere]">
          <TextLink href={`/projects/${slug}/object-storage`}>{slug}</TextLink>{" "}
          <span className="text-muted">as {role}</span>
        </li>
      ))}
    </ul>
  );
}
