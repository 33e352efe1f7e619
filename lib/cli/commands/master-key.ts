import { Command } from "commander";
import { commandLineActor } from "@/lib/cli/command-line";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { rotateMasterKey } from "@/lib/regions/master-key/rotate-master-key";

export function masterKeyCommand(): Command {
  const command = new Command("master-key").description("the key that seals the admin credentials of regions");
  command
    .command("rotate")
    .description(
      "seals everything with a new key: one drawn in the data folder, or the one given as LATCHKEY_MASTER_KEY beside LATCHKEY_MASTER_KEY_FORMER",
    )
    .action(async () => {
      const { regions, keyId, drawn } = await rotateMasterKey(db, env, commandLineActor());
      if (drawn) console.log("Drew a new key, in secrets.json of the data folder.");
      console.log(
        `${regions === 1 ? "1 region was" : `${regions} regions were`} sealed with another key; all are sealed with ${keyId} now.`,
      );
      console.log("The built-in server seals its own store anew when it starts next.");
    });
  return command;
}
