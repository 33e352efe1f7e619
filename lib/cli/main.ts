import { runLatchkey } from "@/lib/cli/program";
import { processTerminal } from "@/lib/cli/terminal/terminal";

// A program that reads the output may stop before the end, as head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runLatchkey(process.argv.slice(2), processTerminal());
