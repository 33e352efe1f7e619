import { describe, expect, test } from "vitest";
import { composeCsvLine } from "@/lib/platform/text/csv";

const FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u200B=1", "\u202E=1", "\uFEFF=1"];
const FULL_WIDTH = ["＝1", "＋1", "－1", "＠SUM(A1)"];

describe("a cell", () => {
  test.each([...FORMULAS, ...FULL_WIDTH, "\tplain", "\rplain"])("%j is a text for a spreadsheet", (cell) => {
    const line = composeCsvLine([cell]);
    expect(line.replace(/^"/, "").startsWith(`'${cell}`)).toBe(true);
  });

  test.each(["Ada", "1=1", "a-b", "ada@example.org", "🗝️", "أحمد", "\u200Bplain", "'=1"])(
    "%j stays as it is",
    (cell) => {
      expect(composeCsvLine([cell])).toBe(`${cell}\r\n`);
    },
  );

  test.each([
    ['a "b"', '"a ""b"""'],
    ["a,=1", '"a,=1"'],
    // Where a comma is the decimal mark, spreadsheets part cells at a semicolon.
    ["a;=1", '"a;=1"'],
    ["a\t=1", '"a\t=1"'],
    ["a\r\n=1", '"a\r\n=1"'],
    ['"=1', '"""=1"'],
    ['=1+"1', '"\'=1+""1"'],
  ])("%j begins no other cell", (cell, written) => {
    expect(composeCsvLine([cell])).toBe(`${written}\r\n`);
  });
});

test("a line has its cells in order, and null is an empty one", () => {
  expect(composeCsvLine(["a", null, ""])).toBe("a,,\r\n");
});
