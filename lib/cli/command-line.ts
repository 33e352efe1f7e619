import { userInfo } from "node:os";
import { text } from "node:stream/consumers";
import type { AuditActor } from "@/lib/audit/record";
import { Secret } from "@/lib/platform/secret";

/** Who the audit log names for what is done here. */
export function commandLineActor(): AuditActor {
  return { userId: null, name: `The command line (${userInfo().username})` };
}

/** Rows as aligned columns under their headings, or a sentence when there are none. */
export function printTable(headings: string[], rows: string[][]): void {
  if (rows.length === 0) {
    console.log("There are none.");
    return;
  }
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [headings, ...rows]) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

/** A secret from standard input, without its line end. Command lines show in the process list; input does not. */
export async function readSecretFromInput(): Promise<Secret> {
  if (process.stdin.isTTY) console.error("Type it and end with Ctrl-D:");
  const typed = (await text(process.stdin)).replace(/\r?\n$/, "");
  return new Secret(typed);
}
