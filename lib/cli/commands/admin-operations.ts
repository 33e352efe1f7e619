import { Command } from "commander";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { readPages } from "@/lib/cli/portal/portal";
import type { Retried, UnfinishedOperation } from "@/lib/cli/portal/replies";
import { printJson, printRows } from "@/lib/cli/terminal/output";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";

const OPERATIONS = "/admin/operations";

/** Lists changes of keys that are not finished, and has one tried again. */
export function adminOperationsCommand(terminal: Terminal): Command {
  return new Command("operations")
    .description("changes of keys that are not finished")
    .addCommand(listOperationsCommand(terminal))
    .addCommand(retryCommand(terminal));
}

function listOperationsCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("lists the changes that are in flight, stuck or failed, newest first")
    .option("--state <state>", "only in-flight, stuck or failed ones")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { state?: string }>();
      const { portal } = await openContext(terminal, options);
      const operations = await readPages(async (cursor) => {
        const query = { state: options.state, cursor };
        const page = await portal.get<{ operations: UnfinishedOperation[]; next: string | null }>(OPERATIONS, query);
        return { lines: page.operations, next: page.next };
      });
      if (options.output === "json") return printJson(terminal, { operations });
      printRows(
        terminal,
        ["ID", "CHANGE", "STATE", "PROJECT", "REGION", "ACCESS KEY", "BY", "SINCE", "CAUSE"],
        operations.map(({ id, what, state, project, region, accessKeyId, who, since, cause }) => [
          ...[id, what, state, project, region, accessKeyId, who ?? "Latchkey", since, cause],
        ]),
      );
    });
}

function retryCommand(terminal: Terminal): Command {
  return new Command("retry")
    .description("has the worker try a change now; it has one job, however often it is retried")
    .argument("<id>", "from latchkey admin operations list")
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      const retried = await portal.post<Retried>(`${OPERATIONS}/retry`, { id });
      if (options.output === "json") return printJson(terminal, retried);
      print(terminal, retried.message);
    });
}
