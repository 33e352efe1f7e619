import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { CommandResult } from "@/testing/command-line";
import { runLatchkey } from "@/lib/cli/program";

interface Given {
  env?: Readonly<Record<string, string | undefined>>;
  /** What standard input holds, or what a person types: with an array, one answer to each question. */
  input?: string | readonly string[];
  /** Whether a person sits at the terminal. */
  person?: boolean;
  /** The clock of the machine. */
  now?: () => Date;
}

/** Runs `latchkey ...args` in this process, with streams of its own. */
export async function runLatchkeyHere(
  args: readonly string[],
  { env = {}, input = "", person = false, now = () => new Date() }: Given = {},
): Promise<CommandResult> {
  const printed: string[] = [];
  const complaint: string[] = [];
  const streamTo = (lines: string[]) => {
    const stream = new PassThrough();
    stream.on("data", (chunk: Buffer) => lines.push(chunk.toString("utf8")));
    return Object.assign(stream, { isTTY: person });
  };
  const typed = new PassThrough();
  const errors = streamTo(complaint);
  if (typeof input === "string") typed.end(input);
  else answer(typed, errors, input);
  const terminal = {
    env,
    input: Object.assign(typed, { isTTY: person }),
    output: streamTo(printed),
    errors,
    now,
  };
  const code = await runLatchkey(args, terminal);
  return { code, printed: printed.join(""), complaint: complaint.join("") };
}

/** Types an answer after each question. A question ends with a colon and a space. */
function answer(typed: PassThrough, errors: PassThrough, answers: readonly string[]): void {
  const left = [...answers];
  errors.on("data", (chunk: Buffer) => {
    const next = chunk.toString("utf8").endsWith(": ") ? left.shift() : undefined;
    if (next !== undefined) typed.write(`${next}\n`);
  });
}

/** Serves an application over HTTP on a free port. */
export async function serveApp(app: {
  fetch: (request: Request) => Response | Promise<Response>;
}): Promise<{ url: string; stop: () => Promise<void> }> {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}
