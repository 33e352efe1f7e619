import { z } from "zod";

/**
 * Whether a text has no control characters (C0, DEL, C1) and no half of a pair of surrogates. PostgreSQL refuses NUL and
 * halves, and terminals act on others.
 */
export function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** A text without control characters. It sets no limit on the length: add one where you use it. */
export const plainText = z.string().refine(isPlainText, "Use no control characters");

/**
 * Whether a text shows anything: not only spaces, characters without width, fillers and marks of direction. A blank
 * pattern of Braille shows nothing either.
 */
export function isVisibleText(text: string): boolean {
  return /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\u2800]/u.test(text);
}
