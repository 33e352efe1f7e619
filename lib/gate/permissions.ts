import type { TokenScope } from "@/lib/api-tokens/schema";

export const PROJECT_ROLES = ["admin", "member+", "member"] as const;
export const PLATFORM_ROLES = ["platform-admin", "support"] as const;

export type ProjectRole = (typeof PROJECT_ROLES)[number];
export type PlatformRole = (typeof PLATFORM_ROLES)[number];
export type Role = ProjectRole | PlatformRole;

/**
 * The only place that says who may do what. Server and pages read it. A role or permission that is not here is refused.
 */
const ALLOWED = {
  /** see the Object Storage dashboard, usage, endpoints */
  "storage:read": ["admin", "member+", "member", "support", "platform-admin"],
  /** see keys: ids, states, receipts; never secrets */
  "keys:read": ["admin", "member+", "support", "platform-admin"],
  /** enable, regenerate, set the expiration, activate */
  "keys:issue": ["admin", "member+"],
  /** make a key for another person of the project */
  "keys:issue-for-others": ["admin"],
  /** disable, deactivate; for support and platform admins with a reason */
  "keys:disable": ["admin", "member+", "support", "platform-admin"],
  /** find a key by its id across projects */
  "keys:find": ["support", "platform-admin"],
  /** end many keys at once, across projects */
  "keys:bulk-revoke": ["support", "platform-admin"],
  /** see the members of a project */
  "members:read": ["admin", "platform-admin"],
  /** add and remove members of a project, change their roles */
  "members:manage": ["admin", "platform-admin"],
  /** a project's activity */
  "activity:read": ["admin", "support", "platform-admin"],
  /** one's own actions in a project; everybody's with `activity:read` */
  "activity:read-own": ["admin", "member+", "support", "platform-admin"],
  /** the whole audit log */
  "audit:read": ["platform-admin"],
  /** see all users, projects, regions and operations */
  "installation:read": ["platform-admin"],
  /** add and change users, projects and regions, retry operations */
  "installation:manage": ["platform-admin"],
  /** one's own access tokens; a token works where its person may have it */
  "tokens:own": ["admin", "member+", "support", "platform-admin"],
  /** one's own account; anyone who is signed in */
  "account:manage": ["admin", "member+", "member", "support", "platform-admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof ALLOWED;
export const PERMISSIONS = Object.keys(ALLOWED) as Permission[];

/** What changes nothing. Every other permission, a new one too, is one to change something. */
const READS: readonly Permission[] = [
  "storage:read",
  "keys:read",
  "keys:find",
  "members:read",
  "activity:read",
  "activity:read-own",
  "audit:read",
  "installation:read",
];

/** What a token may do only with the scope `manage`: it concerns people and the installation, and no key. */
const MANAGEMENT: readonly Permission[] = ["members:manage", "installation:manage"];

/** Whether the permission is one to change something. */
export function isChange(permission: Permission): boolean {
  return !READS.includes(permission);
}

/** Whether the permission is one to change people or the installation. */
export function isManagement(permission: Permission): boolean {
  return MANAGEMENT.includes(permission);
}

/** Whether the roles allow any change of people or of the installation. */
export function mayManage(roles: readonly string[]): boolean {
  return MANAGEMENT.some((permission) => can(roles, permission));
}

/** Whether the roles allow any change of keys. */
export function mayChangeKeys(roles: readonly string[]): boolean {
  return PERMISSIONS.some((permission) => /^keys:/.test(permission) && isChange(permission) && can(roles, permission));
}

/** Whether people with these roles may have a token with this scope. */
export function allowsScope(roles: readonly string[], scope: TokenScope): boolean {
  if (scope === "manage") return mayManage(roles);
  return scope === "read" || mayChangeKeys(roles);
}

/** Whether one of the roles allows it. Unknown roles and permissions allow nothing. */
export function can(roles: readonly string[], permission: Permission): boolean {
  const allowed: readonly string[] = Object.hasOwn(ALLOWED, permission) ? ALLOWED[permission] : [];
  return roles.some((role) => allowed.includes(role));
}

/** Whether only a platform role gives the permission: then the person acts outside their own projects. */
export function restsOnPlatformRole(roles: readonly string[], permission: Permission): boolean {
  const projectRoles = roles.filter((role) => (PROJECT_ROLES as readonly string[]).includes(role));
  return !can(projectRoles, permission) && can(roles, permission);
}
