import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import { Failure } from "@/lib/cli/failure";
import { isInteractive, plain, type Terminal } from "@/lib/cli/terminal/terminal";

const CONFIRM_WORD = "confirm";

/** What a person types after a question. */
export async function ask(terminal: Terminal, question: string): Promise<string> {
  return askWith(terminal, plain(question), terminal.errors);
}

/** The same without showing what is typed. */
export async function askSecretly(terminal: Terminal, question: string): Promise<string> {
  terminal.errors.write(plain(question));
  const typed = await askWith(terminal, "", new Writable({ write: (_chunk, _encoding, done) => done() }));
  terminal.errors.write("\n");
  return typed;
}

async function askWith({ input, errors }: Terminal, question: string, output: Writable): Promise<string> {
  const lines = createInterface({ input, output, terminal: Boolean(input.isTTY) });
  // Ctrl-C and Ctrl-D are no answer.
  const left = new AbortController();
  lines.once("SIGINT", () => left.abort()).once("close", () => left.abort());
  try {
    return await lines.question(question, { signal: left.signal });
  } catch (error) {
    errors.write("\n");
    throw new Failure("unconfirmed", "Nothing was changed.", { cause: error });
  } finally {
    lines.close();
  }
}

/** Goes on when the person types the word `confirm`, or gave `--yes`. Throws otherwise. */
export async function confirm(terminal: Terminal, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!isInteractive(terminal))
    throw new Failure("unconfirmed", `${question} Nobody can answer here: add --yes to confirm. Nothing was changed.`);
  const typed = await ask(terminal, `${question} Type ${CONFIRM_WORD} to continue: `);
  if (typed.trim() !== CONFIRM_WORD)
    throw new Failure("unconfirmed", `The word ${CONFIRM_WORD} was not typed. Nothing was changed.`);
}

const SECRET_MAX = 10_000;

/** A secret from a pipe, without the line end. Arguments would show in the list of processes; a pipe does not. */
export async function readPiped({ input }: Terminal): Promise<string> {
  const piped = (await text(input)).replace(/\r?\n$/, "");
  if (piped === "") throw new Failure("usage", "Standard input is empty. Nothing was changed.");
  if (piped.length > SECRET_MAX || piped.includes("\n"))
    throw new Failure("usage", "Standard input has more than one line. Nothing was changed.");
  return piped;
}
