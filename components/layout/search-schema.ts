import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";

/** The text that a list is searched for. */
export const searchFormSchema = z.strictObject({
  search: z.string().trim().pipe(plainText.max(200, "Use at most 200 characters")),
});

export type SearchForm = z.infer<typeof searchFormSchema>;
