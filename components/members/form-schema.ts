import { z } from "zod";
import { addMemberInputSchema } from "@/lib/members/schema";
import { plainText } from "@/lib/platform/text/plain-text";

/** What a person types before a member is added. */
export const addMemberFormSchema = addMemberInputSchema.omit({ project: true });

/** The filter of the table of members. */
export const memberFilterFormSchema = z.strictObject({
  search: z.string().trim().pipe(plainText.max(200, "Use at most 200 characters")),
});

export type AddMemberFormInput = z.input<typeof addMemberFormSchema>;
export type AddMemberForm = z.infer<typeof addMemberFormSchema>;
export type MemberFilterForm = z.infer<typeof memberFilterFormSchema>;
