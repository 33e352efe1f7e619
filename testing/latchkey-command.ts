import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { CommandResult } from "@/testing/command-line";
import { runLatchkey } from "@/lib/cli/program";

interface Given {
  env?: Readonly<Record<string, string | undefined>>;
  /** What standard input holds, or what a person types. */
  input?: string;
  /** Whether a person sits at the terminal. */
  person?: boolean;
}

/** Runs `latchkey ...args` in this process, with streams of its own. */
export async function runLatchkeyHere(
  args: readonly string[],
  { env = {}, input = "", person = false }: Given = {},
): Promise<CommandResult> {
  const printed: string[] = [];
  const complaint: string[] = [];
  const streamTo = (lines: string[]) => {
    const stream = new PassThrough();
    stream.on("data", (chunk: Buffer) => lines.push(chunk.toString("utf8")));
    return Object.assign(stream, { isTTY: person });
  };
  const typed = Object.assign(new PassThrough(), { isTTY: false });
  typed.end(input);
  const terminal = {
    env,
    input: Object.assign(typed, { isTTY: person }),
    output: streamTo(printed),
    errors: streamTo(complaint),
  };
  const code = await runLatchkey(args, terminal);
  return { code, printed: printed.join(""), complaint: complaint.join("") };
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
