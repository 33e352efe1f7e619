import type { PlatformRole } from "@/lib/gate/permissions";

const NAMES: Record<PlatformRole, string> = { support: "Support", "platform-admin": "Platform admin" };

/** What the roles may do, for people who choose one. */
export const PLATFORM_ROLES_HINT =
  "Support finds and ends keys of every project. A platform admin runs the installation.";

/** The name of a role in the whole installation. */
export function namePlatformRole(role: string | null): string {
  if (role === null) return "None";
  return Object.entries(NAMES).find(([known]) => known === role)?.[1] ?? role;
}

/** The roles in the whole installation as the options of a select. */
export function PlatformRoleOptions() {
  return (
    <>
      <option value="none">None</option>
      {Object.entries(NAMES).map(([role, name]) => (
        <option key={role} value={role}>
          {name}
        </option>
      ))}
    </>
  );
}
