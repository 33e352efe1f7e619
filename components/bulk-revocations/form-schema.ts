import { z } from "zod";
import { findIdForms } from "@/lib/bulk-revocations/rules";
import { type Choice, CHOICES, type ChosenBy, previewInputSchema, startFields } from "@/lib/bulk-revocations/schema";

const EMPTY: Record<ChosenBy, string> = {
  project: "Type the name of the project as it stands in addresses",
  user: "Type the e-mail address of a person",
  region: "Choose a region",
  text: "No access key of Latchkey was found in the text",
};

/** What a person types to choose keys. Only what has the form of an access key leaves the text. */
export const choiceFormSchema = z
  .strictObject({ by: z.enum(CHOICES), project: z.string(), user: z.string(), region: z.string(), text: z.string() })
  .transform((typed, context): Choice => {
    const { by } = typed;
    const value = by === "text" ? findIdForms(typed.text).join("\n") : typed[by].trim();
    const parsed = previewInputSchema.safeParse({ [by]: value });
    const message = value === "" ? EMPTY[by] : parsed.error?.issues[0]?.message;
    if (parsed.success && message === undefined) return parsed.data;
    context.addIssue({ code: "custom", path: [by], message: message ?? EMPTY[by] });
    return z.NEVER;
  });

/** What a person types below the preview. */
export const confirmFormSchema = z.strictObject({ reason: startFields.reason, confirm: startFields.confirm });

export type ChoiceFormInput = z.input<typeof choiceFormSchema>;
export type ChoiceForm = z.infer<typeof choiceFormSchema>;
export type ConfirmForm = z.infer<typeof confirmFormSchema>;
