import { expect, test } from "vitest";
import { isCommonPassword } from "@/lib/platform/crypto/common-passwords";
import list from "@/lib/platform/crypto/common-passwords.json";

test("the list has 10,000 passwords, and names its source and licence", () => {
  expect(new Set(list.passwords).size).toBe(10_000);
  expect(list.passwords.every((password) => password === password.toLowerCase() && password !== "")).toBe(true);
  expect(list.source).toContain("https://");
  expect(list.licence).toContain("MIT");
});

const COMMON = ["password", "passwordpassword", "password1234", "Password2026!", "123456789012", "aaaaaaaaaaaa"];

test.each(COMMON)("%s is common", async (password) => {
  expect(await isCommonPassword(password)).toBe(true);
});

test.each(["correct horse battery", "xkq7 lantern 41", "blue 9402-1183-7745"])("%s is not", async (password) => {
  expect(await isCommonPassword(password)).toBe(false);
});
