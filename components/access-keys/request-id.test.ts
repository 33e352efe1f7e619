import { expect, test } from "vitest";
import { z } from "zod";
import { formatUuid } from "@/components/access-keys/request-id";

test.each([0, 0xff, 0x5a])("bytes of 0x%s make a version 4 UUID", (byte) => {
  const id = formatUuid(new Uint8Array(16).fill(byte));
  expect(z.uuidv4().parse(id)).toBe(id);
});

test("the random bits are kept", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index);
  expect(formatUuid(bytes)).toBe("00010203-0405-4607-8809-0a0b0c0d0e0f");
});
