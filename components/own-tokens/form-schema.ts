import { z } from "zod";
import { createTokenInputSchema, EXPIRES_IN } from "@/lib/own-tokens/schema";

/**
 * What a person types before a token is made. An empty project stands for every project, and the date is a date and time
 * of the person's time zone without its offset.
 */
export const createTokenFormSchema = z
  .strictObject({
    name: z.string(),
    project: z.string(),
    scope: z.string(),
    expiresIn: z.enum(EXPIRES_IN),
    expirationDate: z.string(),
  })
  .transform(({ project, expirationDate, ...typed }) => ({
    ...typed,
    project: project === "" ? null : project,
    ...(typed.expiresIn === "date" && expirationDate !== "" ? { expirationDate: readTyped(expirationDate) } : {}),
  }))
  .pipe(createTokenInputSchema);

function readTyped(typed: string): string {
  const date = new Date(typed);
  return Number.isNaN(date.getTime()) ? typed : date.toISOString();
}

export type CreateTokenFormInput = z.input<typeof createTokenFormSchema>;
export type CreateTokenForm = z.infer<typeof createTokenFormSchema>;
