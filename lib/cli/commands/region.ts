import { Command } from "commander";
import { z } from "zod";
import { commandLineActor, printTable, readSecretFromInput } from "@/lib/cli/command-line";
import { parseMasterKey } from "@/lib/platform/crypto";
import { db } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { slugSchema } from "@/lib/platform/slug";
import { listRegions } from "@/lib/regions/loaders";
import { changeRegion, putRegion, setRegionDisabled } from "@/lib/regions/mutations";

const urlSchema = z.url({ protocol: /^https?$/, error: "This is not an http or https address" });

interface CreateOptions {
  endpoint: string;
  signingRegion: string;
  adminUrl: string;
  gateway?: string[];
}

export function regionCommand(): Command {
  const command = new Command("region").description("regions and their storage systems");
  command
    .command("create <name>")
    .description("adds a region of a built-in server; its admin token is read from standard input")
    .requiredOption("--endpoint <url>", "the S3 address people use")
    .requiredOption("--signing-region <region>", "the region that requests are signed for")
    .requiredOption("--admin-url <url>", "where the server's admin API answers")
    .option("--gateway <url...>", "S3 addresses to prove and measure at, when they are others than the endpoint")
    .action(async (name: string, options: CreateOptions) => {
      const region = {
        name: slugSchema.parse(name),
        provider: "builtin",
        endpoint: urlSchema.parse(options.endpoint),
        signingRegion: z.string().min(1).max(64).parse(options.signingRegion),
        gateways: (options.gateway ?? []).map((url) => urlSchema.parse(url)),
        settings: { adminUrl: urlSchema.parse(options.adminUrl) },
      };
      const token = await readSecretFromInput();
      const credentials = new Secret(JSON.stringify({ adminToken: token.reveal() }));
      const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
      await db.$transaction((tx) => putRegion(tx, commandLineActor(), { ...region, credentials }, masterKey));
      console.log(`The region ${name} is there.`);
    });
  command
    .command("change <name>")
    .requiredOption("--endpoint <url>", "the S3 address people use")
    .action(async (name: string, options: { endpoint: string }) => {
      const endpoint = urlSchema.parse(options.endpoint);
      await db.$transaction((tx) => changeRegion(tx, commandLineActor(), slugSchema.parse(name), { endpoint }));
      console.log(`Changed the region ${name}.`);
    });
  for (const [verb, disabled] of [["disable", true], ["enable", false]] as const) {
    command
      .command(`${verb} <name>`)
      .description(disabled ? "offers no new keys there; existing keys go on working" : "offers new keys there again")
      .action(async (name: string) => {
        await db.$transaction((tx) => setRegionDisabled(tx, commandLineActor(), slugSchema.parse(name), disabled));
        console.log(`${disabled ? "Disabled" : "Enabled"} the region ${name}.`);
      });
  }
  command
    .command("list")
    .description("all regions, newest first")
    .action(async () => {
      const rows: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await listRegions({ cursor });
        for (const region of page.rows) {
          const state = region.disabledAt ? "disabled" : (region.checkError ?? (region.checkedAt ? "answers" : "not checked"));
          rows.push([region.name, region.provider, region.endpoint, region.signingRegion, state]);
        }
        cursor = page.next ?? undefined;
      } while (cursor);
      printTable(["NAME", "PROVIDER", "ENDPOINT", "SIGNING REGION", "STATE"], rows);
    });
  return command;
}
