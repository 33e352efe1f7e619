import { namePlatformRole } from "@/components/managed-users/role-options";
import { UserActions } from "@/components/managed-users/user-actions";
import { Table, TableHead, Td } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { UserRow } from "@/lib/users/schema";

/** All users, for administrators. `self` is the e-mail address of the one who looks. On phones each row is a card. */
export function UserTable({ rows, self }: { rows: UserRow[]; self: string }) {
  return (
    <Table label="Users" className="max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:sr-only">
      <TableHead columns={["Name", "Email", "Platform role", "Projects", "Created", "State", "Actions"]} />
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.id}
            className="max-sm:relative max-sm:grid max-sm:gap-1.5 max-sm:border-b max-sm:py-3 max-sm:pr-14 max-sm:pl-3.5 max-sm:last:border-b-0 max-sm:[&>td]:border-b-0 max-sm:[&>td]:p-0"
          >
            <Td className="min-w-0 font-medium">
              <bdi className="[overflow-wrap:anywhere]">{row.name}</bdi>
              {row.email === self ? <span className="font-normal text-muted"> (you)</span> : null}
            </Td>
            <Td className="min-w-0 [overflow-wrap:anywhere]">{row.email}</Td>
            <Td className={row.platformRole ? undefined : "text-muted max-sm:hidden"}>
              {namePlatformRole(row.platformRole)}
            </Td>
            <Td className="min-w-0 max-sm:text-muted">
              <Memberships row={row} />
            </Td>
            <Td className="max-sm:text-muted">
              <span className="sm:hidden">Since </span>
              <Time iso={row.createdAt} />
            </Td>
            <Td>
              <State row={row} />
            </Td>
            <Td className="max-sm:absolute max-sm:top-2 max-sm:right-2">
              <UserActions user={row} own={row.email === self} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function State({ row: { disabledAt, waitsForSetUp } }: { row: UserRow }) {
  if (disabledAt) return <span className="text-warn">Disabled</span>;
  return waitsForSetUp ? <span className="text-muted">Waits for set-up</span> : "Active";
}

function Memberships({ row: { projects, projectCount } }: { row: UserRow }) {
  if (projectCount === 0) return <span className="text-muted">No project</span>;
  if (projects.length === 0) return `${projectCount} projects`;
  return (
    <ul>
      {projects.map(({ slug, role }) => (
        <li key={slug} className="[overflow-wrap:anywhere] sm:whitespace-nowrap">
          <TextLink href={`/projects/${slug}/object-storage`}>{slug}</TextLink>{" "}
          <span className="text-muted">as {role}</span>
        </li>
      ))}
    </ul>
  );
}
