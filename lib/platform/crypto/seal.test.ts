import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { parseMasterKey, seal, unseal } from "@/lib/platform/crypto/seal";

const key = randomBytes(32);

test("a sealed text opens with the same key and context", () => {
  expect(unseal(seal("söme text", key, "region:1"), key, "region:1")).toBe("söme text");
});

test("sealing the same text twice gives two different values", () => {
  expect(seal("text", key, "c").equals(seal("text", key, "c"))).toBe(false);
});

test("a sealed text opens with no other key and in no other context", () => {
  const sealed = seal("text", key, "region:1");
  expect(() => unseal(sealed, key, "region:2")).toThrow();
  expect(() => unseal(sealed, randomBytes(32), "region:1")).toThrow("another master key");
});

test("a sealed text with one changed byte does not open", () => {
  const sealed = seal("text", key, "c");
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => unseal(changed, key, "c")).toThrow();
  }
});

test("a master key that does not have 32 bytes is refused", () => {
  expect(() => parseMasterKey(randomBytes(16).toString("base64"))).toThrow("32 bytes");
  expect(parseMasterKey(key.toString("base64")).equals(key)).toBe(true);
});
