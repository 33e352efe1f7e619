import { expect, test } from "vitest";
import {
  can,
  isChange,
  isManagement,
  mayChangeKeys,
  mayManage,
  PERMISSIONS,
  type Permission,
  restsOnPlatformRole,
} from "@/lib/gate/permissions";

const ROLES = ["admin", "member+", "member", "support", "platform-admin"];

// A column a role, in the order above; the design's table, cell by cell.
const TABLE: Record<Permission, string> = {
  "storage:read": "y y y y y",
  "keys:read": "y y n y y",
  "keys:issue": "y y n n n",
  "keys:issue-for-others": "y n n n n",
  "keys:disable": "y y n y y",
  "keys:find": "n n n y y",
  "keys:bulk-revoke": "n n n y y",
  "members:read": "y n n n y",
  "members:manage": "y n n n y",
  "activity:read": "y n n y y",
  "activity:read-own": "y y n y y",
  "audit:read": "n n n n y",
  "installation:read": "n n n n y",
  "installation:manage": "n n n n y",
  "tokens:own": "y y n y y",
  "account:manage": "y y y y y",
};

const cells = PERMISSIONS.flatMap((permission) =>
  TABLE[permission].split(" ").map((cell, index) => [ROLES[index] as string, permission, cell === "y"] as const),
);

test.each(cells)("%s, %s: %s", (role, permission, allowed) => {
  expect(can([role], permission)).toBe(allowed);
});

test("a read changes nothing, and whatever is not a read is a change", () => {
  expect(PERMISSIONS.filter((permission) => !isChange(permission))).toEqual([
    "storage:read",
    "keys:read",
    "keys:find",
    "members:read",
    "activity:read",
    "activity:read-own",
    "audit:read",
    "installation:read",
  ]);
  expect(isChange("keys:invent" as Permission)).toBe(true);
});

test("whoever may issue or disable keys may change them", () => {
  expect(ROLES.map((role) => mayChangeKeys([role]))).toEqual([true, true, false, true, true]);
  expect(mayChangeKeys([])).toBe(false);
});

test("admins of a project and of the platform may manage", () => {
  expect(ROLES.map((role) => mayManage([role]))).toEqual([true, false, false, false, true]);
  expect(PERMISSIONS.filter(isManagement)).toEqual(["members:manage", "installation:manage"]);
});

test.each(["", "owner", "ADMIN", "__proto__", "constructor", "member+ "])("the unknown role %j may nothing", (role) => {
  expect(PERMISSIONS.filter((permission) => can([role], permission))).toEqual([]);
});

test.each(["toString", "__proto__", "keys:"])("the unknown permission %j is nobody's", (permission) => {
  expect(can(ROLES, permission as Permission)).toBe(false);
});

test("disabling as support rests on the platform role, as member+ it does not", () => {
  expect(restsOnPlatformRole(["support"], "keys:disable")).toBe(true);
  expect(restsOnPlatformRole(["member", "support"], "keys:disable")).toBe(true);
  expect(restsOnPlatformRole(["member+", "support"], "keys:disable")).toBe(false);
});
