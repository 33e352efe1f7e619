import { Command } from "commander";
import { commandLineActor } from "@/lib/admin/command-line";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { rotateMasterKey } from "@/lib/regions/master-key/rotate-master-key";

export function masterKeyCommand(): Command {
  const command = new Command("master-key").description("the key that encrypts the admin credentials of regions");
  command
    .command("rotate")
    .description(
      "encrypts everything with a new key: a random one, kept in the data folder, or the one given as LATCHKEY_MASTER_KEY together with LATCHKEY_MASTER_KEY_FORMER",
    )
    .action(async () => {
      const { regions, keyId, drawn } = await rotateMasterKey(db, env, commandLineActor());
      if (drawn) console.log("Made a new key and wrote it to secrets.json in the data folder.");
      console.log(
        `Encrypted the credentials of ${regions} ${regions === 1 ? "region" : "regions"} again. All are now encrypted with key ${keyId}.`,
      );
      console.log("The built-in S3 server encrypts its own data again at its next start.");
    });
  return command;
}
