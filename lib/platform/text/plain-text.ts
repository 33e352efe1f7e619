import { z } from "zod";

/**
 * Whether a text is one line without control characters (C0, DEL, C1): PostgreSQL refuses NUL, terminals obey others.
 */
export function isPlainText(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

/** A text without control characters. Its length is for the user of the schema to bound. */
export const plainText = z.string().refine(isPlainText, "Use no control characters");
