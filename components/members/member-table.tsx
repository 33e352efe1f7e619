import { ChangeRole } from "@/components/members/change-role";
import { RemoveMember } from "@/components/members/remove-member";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
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

/** The members of a project. */
export function MemberTable({ project, rows, self, byRole }: MemberTableProps) {
  return (
    <Table label="Members" className="max-lg:[&_td[data-label]_time]:whitespace-normal">
      <TableHead columns={["Name", "Email", "Role", "Since", "Actions"]} />
      <TableBody>
        {rows.map((row) => {
          const role = PROJECT_ROLES.find((known) => known === row.role);
          const own = byRole && row.email === self;
          return (
            <Tr key={row.email}>
              <Td className="min-w-0 font-medium">
                <bdi className="[overflow-wrap:anywhere]">{row.name}</bdi>
                {row.email === self ? <span className="font-normal text-muted"> (you)</span> : null}
                {row.disabled ? <span className="block font-normal text-warn">Cannot sign in</span> : null}
              </Td>
              <Td className="min-w-0 [overflow-wrap:anywhere] sm:min-w-44">{row.email}</Td>
              <Td label="Role">
                {role ? <ChangeRole project={project} member={{ ...row, role }} own={own} /> : row.role}
              </Td>
              <Td label="Since" className="sm:min-w-28">
                <Time iso={row.since} />
              </Td>
              <Td>
                <RemoveMember project={project} member={row} own={own} />
              </Td>
            </Tr>
          );
        })}
      </TableBody>
    </Table>
  );
}
