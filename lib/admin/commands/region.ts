import { Command } from "commander";
import {
  applyDeclaredRegions,
  changeRegion,
  createBuiltinRegion,
  createRegion,
  type RegionOptions,
} from "@/lib/admin/commands/region-input";
import { commandLineActor, printTable, readAllPages } from "@/lib/admin/command-line";
import { withTransaction } from "@/lib/platform/db/transaction";
import { slugSchema } from "@/lib/platform/text/slug";
import { listRegions } from "@/lib/regions/loaders";
import type { RegionRow } from "@/lib/regions/schema";
import { acceptStore, checkRegions, setRegionDisabled } from "@/lib/regions/mutations";

export function regionCommand(): Command {
  const command = new Command("region").description("regions and their storage systems");
  withRegionOptions(
    command
      .command("create <name>")
      .description(
        "checks a storage system and adds it as a region; reads its admin token, secret key or password, or a JSON object with all its credentials, from standard input",
      )
      .option(
        "--builtin",
        "add the region north or south of the built-in S3 server, at the addresses that the settings give it",
      )
      .option("--provider <kind>", "ceph-rgw, keystone, or builtin for another built-in S3 server (default: builtin)"),
  ).action(async (name: string, { builtin, ...options }: RegionOptions & { builtin?: boolean }) => {
    await (builtin ? createBuiltinRegion(name, options) : createRegion(name, options));
    console.log(`Added the region ${name}.`);
  });
  withRegionOptions(
    command
      .command("change <name>")
      .description("checks a region with the given changes and saves them; everything else stays as it is")
      .option(
        "--credentials",
        "read a new admin token, secret key or password from standard input; in a JSON object an empty text removes one",
      )
      .option("--despite-rotation", "change it although a rotation of its credentials is not finished"),
  ).action(async (name: string, options: Parameters<typeof changeRegion>[1]) => {
    await changeRegion(name, options);
    console.log(`Changed the region ${name}.`);
  });
  command
    .command("apply [file]")
    .description("adds and changes regions as the file says, or the file that LATCHKEY_REGIONS names")
    .action((file: string | undefined) => applyDeclaredRegions(file));
  command
    .command("disable <name>")
    .description("offers no new access keys in the region; existing ones keep working")
    .action(async (name: string) => {
      await setDisabled(name, true);
      console.log(`Disabled the region ${name}.`);
    });
  command
    .command("enable <name>")
    .description("offers new access keys in the region again")
    .action(async (name: string) => {
      await setDisabled(name, false);
      console.log(`Enabled the region ${name}.`);
    });
  command
    .command("accept-store <name>")
    .description(
      "lets a region of the built-in S3 server begin with an empty folder at the next start, when its data is lost for good",
    )
    .action(async (name: string) => {
      await withTransaction((tx) => acceptStore(tx, commandLineActor(), slugSchema.parse(name)));
      console.log(
        `At its next start the region ${name} takes the folder that it finds. Its old keys stay unknown there.`,
      );
    });
  command
    .command("list")
    .description("lists all regions, newest first, with the result of the last check")
    .action(printRegions);
  command
    .command("check")
    .description("checks the storage system of every region now, as the worker does each minute, and lists the regions")
    .action(async () => {
      await checkRegions();
      await printRegions();
    });
  return command;
}

async function printRegions(): Promise<void> {
  const regions = await readAllPages((cursor) => listRegions({ cursor }));
  printTable(["NAME", "PROVIDER", "ENDPOINT", "SIGNING REGION", "STATE", "WAITING"], regions.map(describeRegion));
}

async function setDisabled(name: string, disabled: boolean): Promise<void> {
  await withTransaction((tx) => setRegionDisabled(tx, commandLineActor(), slugSchema.parse(name), disabled));
}

function withRegionOptions(command: Command): Command {
  return command
    .option("--endpoint <url>", "the S3 address that people use")
    .option("--signing-region <region>", "the region name that S3 requests are signed with")
    .option("--admin-url <url>", "the address of the storage system's admin API")
    .option("--access-key-id <id>", "the admin's access key id, where the admin API needs one")
    .option(
      "--gateway <url...>",
      "the S3 address of each gateway, where keys are verified and revocation is measured (default: the endpoint)",
    )
    .option("--setting <name=value...>", "other settings of the provider, such as adminPath=admin");
}

function describeRegion(row: RegionRow): string[] {
  const { name, provider, endpoint, signingRegion, waiting, missingKeys, ...region } = row;
  const failing =
    region.checkError && `${region.checkError}${region.failingSince ? ` (since ${region.failingSince})` : ""}`;
  const answers = region.disabledAt ? "disabled" : (failing ?? (region.checkedAt ? "answers" : "not checked"));
  const state = missingKeys > 0 ? `${answers}; ${missingKeys} current keys are unknown there` : answers;
  const changes = waiting
    ? `${waiting.changes === 1 ? "1 change" : `${waiting.changes} changes`} since ${waiting.since}`
    : "nothing";
  return [name, provider, endpoint, signingRegion, state, changes];
}
