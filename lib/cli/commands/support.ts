import { randomUUID } from "node:crypto";
import { Command } from "commander";
import type { Card } from "@/lib/access-keys/schema";
import { nameEndingKeys } from "@/lib/cli/commands/name-ending-keys";
import { describeEnd, waitForRefusal } from "@/lib/cli/commands/wait-for-refusal";
import { printKey } from "@/lib/cli/commands/read-keys";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { pathOf } from "@/lib/cli/portal/portal";
import type { AlreadyDone, Revoking, SupportKey } from "@/lib/cli/portal/replies";
import { printFields, printJson } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";
import { Failure } from "@/lib/cli/failure";

/** Finds a key of any project and ends it. For support staff and platform admins. */
export function supportCommand(terminal: Terminal): Command {
  return new Command("support")
    .description("finds and disables keys of any project, for support staff and platform admins")
    .addCommand(findCommand(terminal))
    .addCommand(disableFoundCommand(terminal));
}

const find = (id: string) => pathOf("support", "keys", id);

function findCommand(terminal: Terminal): Command {
  return new Command("find")
    .description("finds a key by its whole access key id; the look-up is written to the audit log")
    .argument("<access-key-id>")
    .action(async (id: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions>();
      const { portal } = await openContext(terminal, options);
      const found = await portal.get<SupportKey>(find(id));
      if (options.output === "json") return printJson(terminal, found);
      printFields(terminal, { Project: `${found.project.project} (${found.project.name})` });
      printKey(terminal, found);
      print(
        terminal,
        found.live ? "The key can be disabled: latchkey support disable" : "The end of the key is decided.",
      );
    });
}

function disableFoundCommand(terminal: Terminal): Command {
  return new Command("disable")
    .description("disables a key of any project for good")
    .argument("<access-key-id>")
    .requiredOption("--reason <text>", "why; the project sees it")
    .option("--wait", "wait until every gateway refuses the key")
    .action(async (id: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions & { reason: string; wait?: boolean }>();
      const context = await openContext(terminal, options);
      const { portal } = context;
      const { live, name, region, project } = await portal.get<SupportKey>(find(id));
      if (!live) throw new Failure("refused", "The end of this key is decided already. Nothing was changed.");
      const body = { requestId: randomUUID(), confirm: "confirm", reason: options.reason, name: name ?? undefined };
      const path = pathOf("projects", project.project, "regions", region);
      const card = await portal.get<Card>(path);
      // The portal ends the access that the key belongs to, and so the key beside it too.
      const what = nameEndingKeys(name === null ? card : card.named.find((slot) => slot.name === name), id);
      await confirm(terminal, `${what} of ${project.project} in ${region} ends for good.`, options.yes);
      const ended = await portal.post<Revoking | AlreadyDone>(`${path}/disable`, body);
      const ids = "accessKeyIds" in ended ? ended.accessKeyIds : [];
      const place = { project: project.project, card, path };
      const receipts = options.wait && ids.length > 0 ? await waitForRefusal(context, place, ids) : undefined;
      if (options.output === "json") return printJson(terminal, { ...ended, ...(receipts ? { receipts } : {}) });
      print(terminal, receipts ? describeEnd(receipts) : ended.message);
    });
}
