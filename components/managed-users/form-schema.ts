import { z } from "zod";
import { PLATFORM_ROLES } from "@/lib/gate/permissions";
import { addUserInputSchema } from "@/lib/managed-users/schema";
import { nameSchema } from "@/lib/users/schema";

/** A select has no null: the first choice stands for no role. */
export const NO_ROLE = "none";

const roleFieldSchema = z
  .enum([NO_ROLE, ...PLATFORM_ROLES])
  .transform((chosen) => (chosen === NO_ROLE ? null : chosen));

/** What a person types before a user is added. */
export const addUserFormSchema = addUserInputSchema.extend({ platformRole: roleFieldSchema });

/** What a person types before a user is changed. */
export const editUserFormSchema = z.strictObject({ name: nameSchema, platformRole: roleFieldSchema });

export type AddUserFormInput = z.input<typeof addUserFormSchema>;
export type AddUserForm = z.infer<typeof addUserFormSchema>;
export type EditUserFormInput = z.input<typeof editUserFormSchema>;
export type EditUserForm = z.infer<typeof editUserFormSchema>;
