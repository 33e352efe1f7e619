import type { Readable, Writable } from "node:stream";

/** Where a command reads and writes. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  input: Readable & { isTTY?: boolean };
  /** What was asked for, and nothing else: scripts read it. */
  output: Writable & { isTTY?: boolean };
  /** Questions, warnings and what went wrong. */
  errors: Writable & { isTTY?: boolean };
  /** The clock of this machine. */
  now: () => Date;
}

/** The terminal of this process. */
export const processTerminal = (): Terminal => ({
  env: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  now: () => new Date(),
});

/** Whether a person can answer a question. */
export const isInteractive = ({ input, errors }: Terminal): boolean => Boolean(input.isTTY && errors.isTTY);

/** Names come from other people. A control character could move the cursor or change what stands above. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");

/** The same for a text of several lines. */
const plainLines = (text: string): string => text.split("\n").map(plain).join("\n");

/** Prints a line of the answer. */
export function print({ output }: Terminal, line: string): void {
  output.write(`${plainLines(line)}\n`);
}

/** Waits until the answer is written. Throws when it cannot be. */
export function flush({ output }: Terminal): Promise<void> {
  return new Promise((resolve, reject) => output.write("", (error) => (error ? reject(error) : resolve())));
}

/** Tells the person something that is no part of the answer. */
export function tell({ errors }: Terminal, line: string): void {
  errors.write(`${plainLines(line)}\n`);
}
