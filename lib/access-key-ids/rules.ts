import { createHash } from "node:crypto";
import { UPPER_DIGITS } from "@/lib/platform/crypto/random-text";

/** Says "made by Latchkey" in a leak. */
const PREFIX = "LK";
export const MARKER_LENGTH = 3;
const RANDOM_LENGTH = 12;
const CHECKSUM_LENGTH = 3;

/** Draws `length` characters of an alphabet; the caller's source of randomness. */
export type DrawText = (length: number, alphabet: string) => string;

/**
 * An access key id: 20 × [A-Z0-9] as every storage system with client-chosen ids accepts, made of the product's
 * prefix, the installation's marker, 12 random characters (62 bits) and a checksum that tells a typing error or a
 * chance match in a leaked text from a key of ours.
 */
export function composeAccessKeyId(marker: string, draw: DrawText): string {
  const body = PREFIX + marker + draw(RANDOM_LENGTH, UPPER_DIGITS);
  return body + checksum(body);
}

/** Whether a text is an access key id that this installation can have made. */
export function isOwnAccessKeyId(text: string, marker: string): boolean {
  if (!hasOwnForm(text, marker)) return false;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return checksum(body) === text.slice(-CHECKSUM_LENGTH);
}

/** Whether a text has the form of an access key id of this installation, whatever its checksum. */
export function hasOwnForm(text: string, marker: string): boolean {
  return /^[A-Z0-9]{20}$/.test(text) && text.startsWith(PREFIX + marker);
}

function checksum(body: string): string {
  const digest = createHash("sha256").update(body).digest();
  return Array.from(digest.subarray(0, CHECKSUM_LENGTH), (byte) => UPPER_DIGITS[byte % UPPER_DIGITS.length]).join("");
}
