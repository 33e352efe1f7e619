import { expect, test } from "vitest";
import { isPlainText, plainText } from "@/lib/platform/text/plain-text";

const char = (code: number) => String.fromCharCode(code);

test("takes one line in any script", () => {
  for (const text of ["", "Ana Horvat", "Žofie Čapková", "山田 太郎", "🔑 keys", "a\u00a0b"])
    expect(isPlainText(text)).toBe(true);
});

test("refuses each control character, tab and line feed among them, and half of a pair of surrogates", () => {
  const codes = [
    ...Array.from({ length: 0x20 }, (_, code) => code),
    ...Array.from({ length: 0x21 }, (_, at) => 0x7f + at),
  ];
  for (const code of codes) expect(isPlainText(`a${char(code)}b`)).toBe(false);
  expect(isPlainText(`a${char(0xd800)}b`)).toBe(false);
  expect(plainText.safeParse(`a${char(0)}b`).error?.issues[0]?.message).toBe("Use no control characters");
});
