import { Command } from "commander";
import { commandLineActor, printTable, readSecretFromInput } from "@/lib/cli/command-line";
import { parseMasterKey } from "@/lib/platform/crypto";
import { db } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { httpUrl } from "@/lib/platform/http-url";
import { plainText } from "@/lib/platform/plain-text";
import { Secret } from "@/lib/platform/secret";
import { slugSchema } from "@/lib/platform/slug";
import { composeCredentials } from "@/lib/providers/registry";
import { listRegions } from "@/lib/regions/loaders";
import { changeRegion, checkRegionInput, putRegion, setRegionDisabled } from "@/lib/regions/mutations";
import { listBuiltinRegions } from "@/lib/supervisor/builtin-regions";
import { syncBuiltinRegions } from "@/prisma/first-run";

interface CreateOptions {
  builtin?: boolean;
  provider?: string;
  endpoint?: string;
  signingRegion?: string;
  adminUrl?: string;
  accessKeyId?: string;
  gateway?: string[];
  setting?: string[];
}

export function regionCommand(): Command {
  const command = new Command("region").description("regions and their storage systems");
  command
    .command("create <name>")
    .description("adds a region once its storage system is checked; its admin token, secret key or password, or a JSON object of all its credentials, is read from standard input")
    .option("--builtin", "north or south of the server that comes along, as the settings say")
    .option("--provider <kind>", "ceph-rgw, keystone, or builtin for another built-in server (the default)")
    .option("--endpoint <url>", "the S3 address people use")
    .option("--signing-region <region>", "the region that requests are signed for")
    .option("--admin-url <url>", "where the storage system's admin API answers")
    .option("--access-key-id <id>", "the admin's access key id, where the admin API takes a pair")
    .option("--gateway <url...>", "S3 addresses to prove and measure at, when they are others than the endpoint")
    .option("--setting <name=value...>", "further settings of the provider, such as adminPath=admin")
    .action(async (name: string, { builtin, ...options }: CreateOptions) => {
      await (builtin ? createBuiltinRegion(name, options) : createRegion(name, options));
      console.log(`The region ${name} is there.`);
    });
  command
    .command("change <name>")
    .requiredOption("--endpoint <url>", "the S3 address people use")
    .action(async (name: string, options: { endpoint: string }) => {
      const endpoint = parseUrl("--endpoint", options.endpoint);
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

async function createBuiltinRegion(name: string, others: Omit<CreateOptions, "builtin">): Promise<void> {
  if (Object.keys(others).length > 0) throw refuse("With --builtin the settings say where the region is: give no other option.");
  const regions = listBuiltinRegions(env).map(({ port: _port, ...region }) => region);
  const region = regions.find((offered) => offered.name === name);
  if (!region) throw refuse(`The built-in server has the regions ${regions.map((offered) => offered.name).join(" and ")}.`);
  const token = new Secret(env.LATCHKEY_S3_ADMIN_TOKEN);
  await syncBuiltinRegions(db, [region], token, parseMasterKey(env.LATCHKEY_MASTER_KEY), commandLineActor());
}

async function createRegion(name: string, options: CreateOptions): Promise<void> {
  const { provider = "builtin", endpoint, signingRegion, adminUrl, accessKeyId, gateway = [], setting = [] } = options;
  if (!endpoint || !signingRegion) throw refuse("Give --endpoint and --signing-region, or --builtin.");
  const region = {
    name: slugSchema.parse(name),
    provider,
    endpoint: parseUrl("--endpoint", endpoint),
    signingRegion: plainText.min(1).max(64).parse(signingRegion),
    gateways: gateway.map((url) => parseUrl("--gateway", url)),
    settings: { ...parseSettings(setting), ...(adminUrl === undefined ? {} : { adminUrl: parseUrl("--admin-url", adminUrl) }) },
  };
  const credentials = composeCredentials(provider, await readSecretFromInput(), { accessKeyId });
  const checked = await checkRegionInput({ ...region, credentials });
  for (const warning of checked.warnings ?? []) console.error(`Warning: ${warning}.`);
  const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  await db.$transaction((tx) => putRegion(tx, commandLineActor(), checked, masterKey));
}

function parseSettings(pairs: string[]): Record<string, string> {
  const entries = pairs.map((pair): [string, string] => {
    const [name, ...value] = pair.split("=");
    if (!name || value.length === 0) throw refuse(`--setting wants name=value and not ${pair}.`);
    return [name, value.join("=")];
  });
  return Object.fromEntries(entries);
}

function parseUrl(option: string, text: string): string {
  const parsed = httpUrl.safeParse(text);
  if (!parsed.success) throw refuse(`${option} wants ${parsed.error.issues[0]?.message ?? "another value"}.`);
  return parsed.data;
}

function refuse(userMessage: string): AppError {
  return new AppError("BAD_INPUT", "options that do not fit", { userMessage });
}
