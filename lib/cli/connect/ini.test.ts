import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSection, replaceSections } from "@/lib/cli/connect/ini";

// The same texts in every run.
fc.configureGlobal({ seed: 20_261_128 });

const NEW = "[north]\naccess_key_id = NEW\nsecret_access_key = s\n";

test("a new section stands at the end, after a blank line", () => {
  expect(replaceSections("", NEW)).toBe(NEW);
  expect(replaceSections("[a]\nx = 1\n", NEW)).toBe(`[a]\nx = 1\n\n${NEW}`);
  expect(replaceSections("[a]\nx = 1\n\n", NEW)).toBe(`[a]\nx = 1\n\n${NEW}`);
  expect(replaceSections("[a]\nx = 1", NEW)).toBe(`[a]\nx = 1\n\n${NEW}`);
});

test("a section of the name is replaced where it stands, and the comment before the next one stays", () => {
  const file = "# mine\n[north]\nold = 1\nnested =\n  x = 2\n\n# of a\n[a]\nx = 1\n";
  expect(replaceSections(file, NEW)).toBe(`# mine\n${NEW}\n# of a\n[a]\nx = 1\n`);
});

test("a file with other line ends, or without the last one, keeps them", () => {
  expect(replaceSections("[a]\r\nx = 1\r\n[north]\r\nold = 1", NEW)).toBe(
    `[a]\r\nx = 1\r\n${NEW.replaceAll("\n", "\r\n").slice(0, -2)}`,
  );
  expect(replaceSections("[north]\nold = 1\n[a]\nx = 1", NEW)).toBe(`${NEW}[a]\nx = 1`);
  expect(replaceSections("\uFEFF[north]\nold = 1\n", NEW)).toBe(`\uFEFF${NEW}`);
});

test("a second section of the same name goes", () => {
  expect(replaceSections("[north]\na = 1\n[b]\nx = 1\n[ north ]\na = 2\n# end\n", NEW)).toBe(
    `${NEW}[b]\nx = 1\n# end\n`,
  );
});

test("settings are read, nested ones with the name of their parent", () => {
  const file =
    "[services a]\ns3 =\n  endpoint_url = http://x:1\nec2 =\n  endpoint_url = http://y\nregion: z\n[b]\nq = 1\n";
  expect(readSection(file, "services a")).toEqual({
    s3: "",
    "s3.endpoint_url": "http://x:1",
    ec2: "",
    "ec2.endpoint_url": "http://y",
    region: "z",
  });
  expect(readSection(file, "c")).toBeUndefined();
});

describe("whatever the file holds", () => {
  const lineEnd = fc.constantFrom("\n", "\r\n");
  const line = fc.oneof(
    fc.constantFrom("", "# comment", "; comment", "  indented = 1", "key = [north]", "s3 =", "\t", "é = ü", "x=1=2"),
    fc.stringMatching(/^[a-z_]{1,8} = [ -~]{0,12}$/),
  );
  const header = fc.constantFrom("[a]", "[north2]", "[profile north]", "[North]", "[a b]", "[é]", "[]");
  const others = fc.array(fc.oneof({ weight: 3, arbitrary: line }, { weight: 1, arbitrary: header }), {
    maxLength: 12,
  });
  const settings = fc.array(fc.stringMatching(/^[a-z_]{1,8} = [ -~]{0,12}$/), { maxLength: 4 });
  /** Blank lines and comments before a header belong to what follows. */
  const gap = fc.array(fc.constantFrom("", "# comment", "  ; comment", "\t"), { maxLength: 3 });
  const after = fc.tuple(gap, header, others).map(([between, first, rest]) => [...between, first, ...rest]);

  test("a section is added without a change of anything before it", () => {
    fc.assert(
      fc.property(others, lineEnd, fc.boolean(), (lines, end, ended) => {
        const file = lines.join(end) + (ended && lines.length > 0 ? end : "");
        const merged = replaceSections(file, NEW);
        expect(merged.startsWith(file)).toBe(true);
        expect(merged.slice(file.length).trim().replaceAll("\r\n", "\n")).toBe(NEW.trim());
        expect(readSection(merged, "north")).toEqual({ access_key_id: "NEW", secret_access_key: "s" });
      }),
    );
  });

  test("a section is replaced without a change of anything around it, and a second time changes nothing", () => {
    fc.assert(
      fc.property(others, settings, after, lineEnd, fc.boolean(), (before, own, next, end, ended) => {
        const head = before.map((text) => text + end).join("");
        const tail = next.join(end) + (ended ? end : "");
        const file = head + ["[north]", ...own].map((text) => text + end).join("") + tail;
        const merged = replaceSections(file, NEW);
        expect(merged).toBe(head + NEW.replaceAll("\n", /^[^\n]*\r\n/.test(file) ? "\r\n" : "\n") + tail);
        expect(replaceSections(merged, NEW)).toBe(merged);
      }),
    );
  });

  test("every other section reads as before", () => {
    fc.assert(
      fc.property(others, others, settings, (before, rest, own) => {
        const file = [...before, "[north]", ...own, "[a]", ...rest].join("\n");
        const merged = replaceSections(file, NEW);
        for (const name of ["a", "north2", "profile north", "North", "a b", "é", ""])
          expect(readSection(merged, name)).toEqual(readSection(file, name));
      }),
    );
  });
});
