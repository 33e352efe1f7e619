import { userInfo } from "node:os";
import { text } from "node:stream/consumers";
import type { AuditActor } from "@/lib/audit/record";
import { Secret } from "@/lib/platform/secret";

/** Whom the audit log names for a change made on the command line: the operating system's user. */
export function commandLineActor(): AuditActor {
  return { userId: null, name: `The command line (${userInfo().username})` };
}

/** Prints rows as aligned columns below their headings, or a sentence when there are no rows. */
export function printTable(headings: string[], rows: string[][]): void {
  if (rows.length === 0) {
    console.log("There are none.");
    return;
  }
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [headings, ...rows]) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    console.log(line.trimEnd());
  }
}

/** Every row of a list that is read page by page. */
export async function readAllPages<Row>(
  readPage: (cursor: string | undefined) => Promise<{ rows: Row[]; next: string | null }>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  return rows;
}

/** A secret from standard input, without the line end. Arguments would show in the process list; input does not. */
export async function readSecretFromInput(): Promise<Secret> {
  if (process.stdin.isTTY) console.error("Type the secret, then press Enter and Ctrl-D:");
  const typed = (await text(process.stdin)).replace(/\r?\n$/, "");
  return new Secret(typed);
}
