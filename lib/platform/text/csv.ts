/** A spreadsheet takes a cell with such a beginning for a formula. Some skip spaces and invisible characters first. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;

/**
 * A line of a table in CSV (RFC 4180), with its end. A cell that a spreadsheet would take for a formula gets an
 * apostrophe before it, so that it stays a text.
 */
export function composeCsvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => quote(defuse(cell ?? ""))).join(",")}\r\n`;
}

const defuse = (cell: string): string => (FORMULA.test(cell) || /^[\t\r]/.test(cell) ? `'${cell}` : cell);
const quote = (cell: string): string => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
