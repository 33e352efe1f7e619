import { z } from "zod";
import { PROJECT_ROLES, type ProjectRole } from "@/lib/gate/permissions";
import { slugSchema } from "@/lib/platform/text/slug";
import { emailSchema } from "@/lib/users/schema";

export const projectRoleSchema = z.enum(PROJECT_ROLES, `The role must be one of ${PROJECT_ROLES.join(", ")}`);

const memberFields = { project: slugSchema, email: emailSchema };

export const addMemberInputSchema = z.strictObject({ ...memberFields, role: projectRoleSchema });

export const setRoleInputSchema = z.strictObject({
  ...memberFields,
  role: projectRoleSchema,
  /** The role that the person saw. The change is refused when it is another one by now. */
  former: projectRoleSchema,
});

export const removeMemberInputSchema = z.strictObject(memberFields);

/** The roles in which a platform admin joins a project: those that manage its keys. */
export const JOIN_ROLES = ["admin", "member+"] as const satisfies readonly ProjectRole[];

export const joinProjectInputSchema = z.strictObject({ project: slugSchema, role: z.enum(JOIN_ROLES) });

export const dismissJoinsInputSchema = z.strictObject({
  project: slugSchema,
  /** When the last of those that the person was told of joined. */
  until: z.iso.datetime(),
});
export const dismissJoinsOutputSchema = z.strictObject({ ok: z.literal(true) });

/** Why the members were not changed; the sentences stand in `rules.ts`. */
export const MEMBER_REFUSALS = [
  "unknown-account",
  "already-member",
  "not-a-member",
  "changed-meanwhile",
  "last-admin",
] as const;
export type MemberRefusal = (typeof MEMBER_REFUSALS)[number];

/** What every change of the members answers. `already-done`: everything was like this before. */
export const memberOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), outcome: z.enum(["done", "already-done"]), message: z.string() }),
  z.strictObject({ ok: z.literal(false), reason: z.enum(MEMBER_REFUSALS), message: z.string() }),
]);
export type MemberOutput = z.infer<typeof memberOutputSchema>;

/** A line of the table of members. */
export interface MemberRow {
  email: string;
  name: string;
  role: string;
  /** Since when the person is in the project. ISO 8601. */
  since: string;
  /** Whether the account of the person is disabled. */
  disabled: boolean;
}

/** A platform admin who joined the project. */
export interface JoinLine {
  name: string;
  role: string;
  /** ISO 8601. */
  at: string;
}

/** What is asked for. Without `former` the role may be any until now. */
export type MemberWish =
  | { kind: "add"; role: ProjectRole }
  | { kind: "set-role"; role: ProjectRole; former?: ProjectRole | undefined }
  | { kind: "remove" };
