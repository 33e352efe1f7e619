import { EXIT } from "@/lib/cli/failure";
import { runLatchkey } from "@/lib/cli/program";
import { processTerminal } from "@/lib/cli/terminal/terminal";

// A program that reads the output may stop before the end, as head does. A command whose answer must arrive has set
// another exit code by then.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`The answer cannot be written: ${error.code ?? error.message}\n`);
  setImmediate(() => process.exit(process.exitCode ?? (error.code === "EPIPE" ? EXIT.done : EXIT.unexpected)));
});
// Nobody reads what could be told.
process.stderr.on("error", () => undefined);

process.exitCode = await runLatchkey(process.argv.slice(2), processTerminal());
