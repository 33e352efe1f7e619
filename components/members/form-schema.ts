import type { z } from "zod";
import { addMemberInputSchema } from "@/lib/members/schema";

/** What a person types before a member is added. */
export const addMemberFormSchema = addMemberInputSchema.omit({ project: true });

export type AddMemberFormInput = z.input<typeof addMemberFormSchema>;
export type AddMemberForm = z.infer<typeof addMemberFormSchema>;
