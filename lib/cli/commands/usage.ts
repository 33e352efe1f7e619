import { Command, Option } from "commander";
import { findProject, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, readPages } from "@/lib/cli/portal/portal";
import type { Bucket, RegionUsage, UsagePoint } from "@/lib/cli/portal/replies";
import { printJson, printRows } from "@/lib/cli/terminal/output";
import { tell, type Terminal } from "@/lib/cli/terminal/terminal";

const LIMIT = "100";
const RANGES = ["24h", "30d", "13mo"];
const SORTS = ["name", "bytes", "objects", "createdAt"];

/** Shows what a project stores in each region, now or over time. */
export function usageCommand(terminal: Terminal): Command {
  return new Command("usage")
    .description("shows what a project stores in each region; bytes are bytes")
    .addOption(new Option("--history <range>", "what it stored over this time").choices(RANGES))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { history?: string }>();
      const context = await openContext(terminal, options);
      const path = pathOf("projects", await findProject(context), "usage");
      const isMeant = ({ region }: { region: string }) => options.region === undefined || region === options.region;
      if (options.history) {
        const query = { range: options.history };
        const { points } = await context.portal.get<{ points: UsagePoint[] }>(`${path}/history`, query);
        printHistory(terminal, options, points.filter(isMeant));
      } else {
        const { regions } = await context.portal.get<{ regions: RegionUsage[] }>(path);
        printUsage(terminal, options, regions.filter(isMeant));
      }
    });
}

function printUsage(terminal: Terminal, options: GlobalOptions, regions: readonly RegionUsage[]): void {
  if (options.output === "json") return printJson(terminal, { regions });
  printRows(
    terminal,
    ["REGION", "BUCKETS", "OBJECTS", "BYTES", "QUOTA BYTES", "QUOTA OBJECTS", "AS OF"],
    regions.map(({ region, figures }) => [
      region,
      figures?.buckets,
      figures?.objects,
      figures?.bytes,
      figures?.quotaBytes,
      figures?.quotaObjects,
      figures?.asOf,
    ]),
  );
  for (const { region, failingSince, tellsUsage } of regions) {
    if (failingSince) tell(terminal, `${region}: the storage system tells no figures since ${failingSince}.`);
    else if (!tellsUsage) tell(terminal, `${region}: the storage system, as it is set up, tells no figures.`);
  }
}

function printHistory(terminal: Terminal, options: GlobalOptions, points: readonly UsagePoint[]): void {
  if (options.output === "json") return printJson(terminal, { points });
  printRows(
    terminal,
    ["TIME", "REGION", "BUCKETS", "OBJECTS", "BYTES"],
    points.map(({ at, region, buckets, objects, bytes }) => [at, region, buckets, objects, bytes]),
  );
}

interface BucketOptions extends GlobalOptions {
  search?: string;
  sort?: string;
  reverse?: boolean;
  limit: string;
}

/** Lists the buckets of a project. */
export function bucketsCommand(terminal: Terminal): Command {
  return new Command("buckets")
    .description("lists the buckets of a project in all regions, or in the one of --region")
    .option("--search <text>", "only buckets with this text in the name")
    .addOption(new Option("--sort <field>", "the order").choices(SORTS))
    .option("--reverse", "in the opposite order, such as the largest first")
    .option("--limit <count>", "at most so many buckets", LIMIT)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<BucketOptions>();
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1) throw new Failure("usage", "Give the limit as a whole number.");
      const context = await openContext(terminal, options);
      const path = pathOf("projects", await findProject(context), "buckets");
      const { region, search, sort } = options;
      // One more than asked for tells whether there are more.
      const found = await readPages(async (cursor) => {
        const query = { region, search, sort, order: options.reverse ? "desc" : undefined, cursor };
        const page = await context.portal.get<{ buckets: Bucket[]; next: string | null }>(path, query);
        return { lines: page.buckets, next: page.next };
      }, limit + 1);
      const buckets = found.slice(0, limit);
      if (options.output === "json") printJson(terminal, { buckets });
      else printBuckets(terminal, buckets);
      if (found.length > limit) tell(terminal, `There are more buckets than ${limit}: add --limit, or --search.`);
    });
}

function printBuckets(terminal: Terminal, buckets: readonly Bucket[]): void {
  printRows(
    terminal,
    ["BUCKET", "REGION", "CREATED", "OBJECTS", "BYTES"],
    buckets.map(({ name, region, createdAt, objects, bytes }) => [
      name,
      region,
      createdAt.slice(0, 10),
      objects,
      bytes,
    ]),
  );
}
