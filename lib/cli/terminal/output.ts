import { plain, print, type Terminal } from "@/lib/cli/terminal/terminal";

export const FORMATS = ["table", "json", "env"] as const;
export type Format = (typeof FORMATS)[number];

const cell = (value: string | number | null | undefined): string => plain(String(value ?? "-"));

/** Prints rows as aligned columns below their headings, or a sentence when there are no rows. */
export function printRows(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): void {
  if (rows.length === 0) return print(terminal, "There are none.");
  const texts = rows.map((row) => row.map(cell));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [headings, ...texts])
    print(
      terminal,
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** Prints one thing, a line a field. */
export function printFields(
  terminal: Terminal,
  fields: Readonly<Record<string, string | number | null | undefined>>,
): void {
  const width = Math.max(...Object.keys(fields).map((name) => name.length)) + 2;
  for (const [name, value] of Object.entries(fields)) print(terminal, `${`${name}:`.padEnd(width)}${cell(value)}`);
}

/** Prints a value as JSON. A character that a terminal may act on is escaped, so that nothing is lost. */
export function printJson(terminal: Terminal, value: unknown): void {
  const text = JSON.stringify(value, null, 2);
  print(terminal, text.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits));
}

const HEX = 16;

const escapeUnits = (character: string): string =>
  Array.from({ length: character.length }, (_unit, index) => {
    const unit = character.charCodeAt(index).toString(HEX).padStart(4, "0");
    return String.raw`\u` + unit;
  }).join("");
