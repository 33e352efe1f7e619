import { ChangeRole } from "@/components/members/change-role";
import { RemoveMember } from "@/components/members/remove-member";
import { Table, TableHead, Td } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { PROJECT_ROLES } from "@/lib/gate/permissions";
import type { MemberRow } from "@/lib/members/schema";

interface MemberTableProps {
  project: string;
  rows: MemberRow[];
  /** The e-mail address of the person who looks at the table. */
  self: string;
  /** Whether the person sees this page by the role in the project alone, and so loses it with the role. */
  byRole: boolean;
}

/** The members of a project. On phones each row is a card. */
export function MemberTable({ project, rows, self, byRole }: MemberTableProps) {
  return (
    <Table label="Members" className="max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:sr-only">
      <TableHead columns={["Name", "Email", "Role", "Since", "Actions"]} />
      <tbody>
        {rows.map((row) => {
          const role = PROJECT_ROLES.find((known) => known === row.role);
          const own = byRole && row.email === self;
          return (
            <tr
              key={row.email}
              className="max-sm:grid max-sm:gap-1.5 max-sm:border-b max-sm:px-3.5 max-sm:py-3 max-sm:last:border-b-0 max-sm:[&>td]:border-b-0 max-sm:[&>td]:p-0"
            >
              <Td className="min-w-0 font-medium">
                <bdi className="[overflow-wrap:anywhere]">{row.name}</bdi>
                {row.email === self ? <span className="font-normal text-muted"> (you)</span> : null}
                {row.disabled ? <span className="block font-normal text-warn">Cannot sign in</span> : null}
              </Td>
              <Td className="min-w-0 [overflow-wrap:anywhere]">{row.email}</Td>
              <Td>{role ? <ChangeRole project={project} member={{ ...row, role }} own={own} /> : row.role}</Td>
              <Td className="max-sm:text-muted">
                <span className="sm:hidden">Since </span>
                <Time iso={row.since} />
              </Td>
              <Td>
                <RemoveMember project={project} member={row} own={own} />
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
