import { z } from "zod";
import { PLATFORM_ROLES, type PlatformRole } from "@/lib/gate/permissions";
import { emailSchema, nameSchema } from "@/lib/users/schema";

/** A role in the whole installation, or null for none. */
export const platformRoleSchema = z
  .enum(PLATFORM_ROLES, `The role must be one of ${PLATFORM_ROLES.join(", ")}`)
  .nullable();

export const addUserInputSchema = z.strictObject({
  email: emailSchema,
  name: nameSchema,
  platformRole: platformRoleSchema,
});

export const editUserInputSchema = z.strictObject({
  email: emailSchema,
  name: nameSchema.optional(),
  platformRole: platformRoleSchema.optional(),
  /** The role that the person saw. The role is not changed when it is another one by now. */
  former: platformRoleSchema.optional(),
});

export const oneUserInputSchema = z.strictObject({ email: emailSchema });

/** Why a user was not changed; the sentences stand in `rules.ts`. */
export const USER_REFUSALS = [
  "email-taken",
  "unknown-user",
  "nothing-given",
  "changed-meanwhile",
  "last-admin",
  "own-password",
  "user-disabled",
] as const;
export type UserRefusal = (typeof USER_REFUSALS)[number];

const refusedSchema = z.strictObject({ ok: z.literal(false), reason: z.enum(USER_REFUSALS), message: z.string() });

/** What a change without a link answers. `already-done`: everything was like this before. */
export const userChangedOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), outcome: z.enum(["done", "already-done"]), message: z.string() }),
  refusedSchema,
]);

/** A link that is in this reply and nowhere else. */
export const shownLinkSchema = z.strictObject({
  ok: z.literal(true),
  email: z.string(),
  url: z.string(),
  expirationDate: z.iso.datetime(),
});
export const userLinkOutputSchema = z.union([shownLinkSchema, refusedSchema]);

export type AddUserInput = z.infer<typeof addUserInputSchema>;
export type ShownLink = z.infer<typeof shownLinkSchema>;
export type UserLinkOutput = z.infer<typeof userLinkOutputSchema>;
export type UserChangedOutput = z.infer<typeof userChangedOutputSchema>;

/** What is asked for. Without `former` the role may be any until now. */
export type UserWish =
  | {
      kind: "edit";
      name?: string | undefined;
      platformRole?: PlatformRole | null | undefined;
      former?: PlatformRole | null | undefined;
    }
  | { kind: "end-sessions" }
  | { kind: "disable" }
  | { kind: "enable" };
