import { Command } from "commander";
import {
  applyDeclaredRegions,
  changeRegion,
  createBuiltinRegion,
  createRegion,
  type RegionOptions,
} from "@/lib/cli/commands/region-input";
import { commandLineActor, printTable } from "@/lib/cli/command-line";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { listRegions } from "@/lib/regions/loaders";
import type { RegionRow } from "@/lib/regions/schema";
import { checkRegions, setRegionDisabled } from "@/lib/regions/mutations";

export function regionCommand(): Command {
  const command = new Command("region").description("regions and their storage systems");
  withRegionOptions(
    command
      .command("create <name>")
      .description(
        "adds a region once its storage system is checked; its admin token, secret key or password, or a JSON object of all its credentials, is read from standard input",
      )
      .option("--builtin", "north or south of the server that comes along, as the settings say")
      .option("--provider <kind>", "ceph-rgw, keystone, or builtin for another built-in server (the default)"),
  ).action(async (name: string, { builtin, ...options }: RegionOptions & { builtin?: boolean }) => {
    await (builtin ? createBuiltinRegion(name, options) : createRegion(name, options));
    console.log(`The region ${name} is there.`);
  });
  withRegionOptions(
    command
      .command("change <name>")
      .description("changes what is given, once the storage system is checked, and leaves the rest")
      .option("--credentials", "read another admin token, secret key or password from standard input"),
  ).action(async (name: string, options: RegionOptions & { credentials?: boolean }) => {
    await changeRegion(name, options);
    console.log(`Changed the region ${name}.`);
  });
  command
    .command("apply [file]")
    .description("brings the regions in line with the file, or with the one that LATCHKEY_REGIONS names")
    .action((file: string | undefined) => applyDeclaredRegions(file));
  for (const [verb, disabled] of [
    ["disable", true],
    ["enable", false],
  ] as const) {
    command
      .command(`${verb} <name>`)
      .description(disabled ? "offers no new keys there; existing keys go on working" : "offers new keys there again")
      .action(async (name: string) => {
        await withTransaction((tx) => setRegionDisabled(tx, commandLineActor(), slugSchema.parse(name), disabled));
        console.log(`${disabled ? "Disabled" : "Enabled"} the region ${name}.`);
      });
  }
  command.command("list").description("all regions, newest first, as the last check found them").action(printRegions);
  command
    .command("check")
    .description("asks the storage system of every region now, as the worker does each minute, and lists them")
    .action(async () => {
      await checkRegions();
      await printRegions();
    });
  return command;
}

async function printRegions(): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listRegions({ cursor });
    for (const region of page.rows) rows.push(describeRegion(region));
    cursor = page.next ?? undefined;
  } while (cursor);
  printTable(["NAME", "PROVIDER", "ENDPOINT", "SIGNING REGION", "STATE", "WAITING"], rows);
}

function withRegionOptions(command: Command): Command {
  return command
    .option("--endpoint <url>", "the S3 address people use")
    .option("--signing-region <region>", "the region that requests are signed for")
    .option("--admin-url <url>", "where the storage system's admin API answers")
    .option("--access-key-id <id>", "the admin's access key id, where the admin API takes a pair")
    .option("--gateway <url...>", "S3 addresses to prove and measure at, when they are others than the endpoint")
    .option("--setting <name=value...>", "further settings of the provider, such as adminPath=admin");
}

function describeRegion({ name, provider, endpoint, signingRegion, waiting, ...region }: RegionRow): string[] {
  const failing =
    region.checkError && `${region.checkError}${region.failingSince ? ` (since ${region.failingSince})` : ""}`;
  const state = region.disabledAt ? "disabled" : (failing ?? (region.checkedAt ? "answers" : "not checked"));
  const changes = waiting
    ? `${waiting.changes === 1 ? "1 change" : `${waiting.changes} changes`} since ${waiting.since}`
    : "nothing";
  return [name, provider, endpoint, signingRegion, state, changes];
}
