import { expect, test } from "vitest";
import { looksLikeSecret } from "@/components/access-keys/issue/secret-shape";

test.each([
  ["abcDEF0123456789abcDEF0123456789abcDEF01", true],
  [" abcDEF0123456789abcDEF0123456789abcDEF01\n", true],
  ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", true],
  ["LKAAA0000000000000AA", false],
  ["LKAAA0000000000000AALKAAA0000000000000AA", false],
  ["abcDEF0123456789", false],
])("%j: %s", (text, secret) => {
  expect(looksLikeSecret(text)).toBe(secret);
});
