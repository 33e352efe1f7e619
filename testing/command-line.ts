import { Readable } from "node:stream";
import { vi } from "vitest";
import { runCommandLine } from "@/lib/admin/program";

/** What a command printed, and the code that its process would have ended with. */
export interface CommandResult {
  code: number;
  /** Standard output. */
  printed: string;
  /** Standard error. */
  complaint: string;
}

/** Runs `npm run admin -- ...args` in this process, with `input` as its standard input. */
export async function runCommand(args: string[], input = ""): Promise<CommandResult> {
  const printed: string[] = [];
  const complaint: string[] = [];
  const write = (to: string[]) => (chunk: unknown) => {
    to.push(String(chunk));
    return true;
  };
  const spies = [
    vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([input]) as unknown as typeof process.stdin),
    vi.spyOn(process.stdout, "write").mockImplementation(write(printed)),
    vi.spyOn(process.stderr, "write").mockImplementation(write(complaint)),
    vi.spyOn(console, "log").mockImplementation((line: unknown) => void printed.push(`${String(line)}\n`)),
    vi.spyOn(console, "error").mockImplementation((line: unknown) => void complaint.push(`${String(line)}\n`)),
  ];
  try {
    const code = await runCommandLine(args);
    return { code, printed: printed.join(""), complaint: complaint.join("") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
