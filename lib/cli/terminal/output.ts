import { print, type Terminal } from "@/lib/cli/terminal/terminal";

export const FORMATS = ["table", "json", "env"] as const;
export type Format = (typeof FORMATS)[number];

/** Names come from other people. A control character could move the cursor or change what stands above. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");

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

export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, JSON.stringify(value, null, 2));
}
