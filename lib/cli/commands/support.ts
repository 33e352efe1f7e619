import { randomUUID } from "node:crypto";
import { Command } from "commander";
import type { Card } from "@/lib/access-keys/schema";
import { findCommand, keyPath } from "@/lib/cli/commands/find-for-support";
import { nameEndingKeys } from "@/lib/cli/commands/name-ending-keys";
import { describeEnd, waitForRefusal } from "@/lib/cli/commands/wait-for-refusal";
import { revokeCommand } from "@/lib/cli/commands/revoke-many";
import { revocationsCommand } from "@/lib/cli/commands/revocations";
import { type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, type Portal } from "@/lib/cli/portal/portal";
import type { AlreadyDone, Revoking, SupportKey, Updated } from "@/lib/cli/portal/replies";
import { printJson } from "@/lib/cli/terminal/output";
import { confirm } from "@/lib/cli/terminal/prompt";
import { print, type Terminal } from "@/lib/cli/terminal/terminal";

/** Finds keys of any project, and ends one or switches it off. For support staff and platform admins. */
export function supportCommand(terminal: Terminal): Command {
  return new Command("support")
    .description("finds and disables keys of any project, for support staff and platform admins")
    .addCommand(findCommand(terminal))
    .addCommand(disableFoundCommand(terminal))
    .addCommand(deactivateFoundCommand(terminal))
    .addCommand(revokeCommand(terminal))
    .addCommand(revocationsCommand(terminal));
}

function disableFoundCommand(terminal: Terminal): Command {
  return new Command("disable")
    .description("disables a key of any project for good; refused when it is not the current one any more")
    .argument("<access-key-id>")
    .requiredOption("--reason <text>", "why; the project sees it")
    .option("--wait", "wait until every gateway refuses the key")
    .action(async (id: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions & { reason: string; wait?: boolean }>();
      const context = await openContext(terminal, options);
      const { portal } = context;
      const { accessKeyId: found, name, region, project, path } = await findLive(portal, id);
      const card = await portal.get<Card>(path);
      const slot = name === null ? card : card.named.find((other) => other.name === name);
      // The portal ends the access that the key belongs to, and so the key beside it too.
      const what = nameEndingKeys(slot, found);
      await confirm(terminal, `${what} of ${project.project} in ${region} ends for good.`, options.yes);
      // The question names these keys. Another one that takes their place meanwhile is not ended.
      const accessKeyId = slot?.retiring?.accessKeyId === found ? (slot.key?.accessKeyId ?? found) : found;
      const change = { requestId: randomUUID(), confirm: "confirm", reason: options.reason };
      const body = { ...change, name: name ?? undefined, accessKeyId };
      const ended = await portal.post<Revoking | AlreadyDone>(`${path}/disable`, body);
      const ids = "accessKeyIds" in ended ? ended.accessKeyIds : [];
      const place = { project: project.project, card, path };
      const receipts = options.wait && ids.length > 0 ? await waitForRefusal(context, place, ids) : undefined;
      if (options.output === "json") return printJson(terminal, { ...ended, ...(receipts ? { receipts } : {}) });
      print(terminal, receipts ? describeEnd(receipts) : ended.message);
    });
}

function deactivateFoundCommand(terminal: Terminal): Command {
  return new Command("deactivate")
    .description("switches a key of any project off; its project can switch it on again")
    .argument("<access-key-id>")
    .requiredOption("--reason <text>", "why; the project sees it")
    .action(async (id: string, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<GlobalOptions & { reason: string }>();
      const { portal } = await openContext(terminal, options);
      const { accessKeyId, name, path } = await findLive(portal, id);
      const change = { requestId: randomUUID(), state: "INACTIVE", reason: options.reason };
      const reply = await portal.patch<Updated>(path, { ...change, name: name ?? undefined, accessKeyId });
      if (options.output === "json") return printJson(terminal, reply);
      print(terminal, reply.message);
    });
}

/** The key, and the path of its project and region. Throws when the end of the key is decided. */
async function findLive(portal: Portal, id: string): Promise<SupportKey & { path: string }> {
  const found = await portal.get<SupportKey>(keyPath(id));
  if (!found.live) throw new Failure("refused", "The end of this key is decided already. Nothing was changed.");
  return { ...found, path: pathOf("projects", found.project.project, "regions", found.region) };
}
