import { PROJECT_ROLES } from "@/lib/gate/permissions";

/** The roles of a project as the options of a select. */
export function RoleOptions({ roles = PROJECT_ROLES }: { roles?: readonly string[] }) {
  return roles.map((role) => <option key={role}>{role}</option>);
}

/** What the roles may do, for people who choose one. */
export const ROLES_HINT =
  "An admin manages the members and the keys. A member+ manages the keys. A member sees the dashboard and no keys.";
