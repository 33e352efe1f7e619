import { writeFileSync } from "node:fs";
import { readOptions, type TortureOptions, USAGE } from "./options";
import { markOfPlant } from "./mutants";
import { describeReport } from "./report";
import { runStorm } from "./run";
import { listPossibleRegions, startWorld } from "./world";

/** `npm run torture`: the storm, against a portal, storage systems and a database of its own. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), listPossibleRegions());
  if (!options) {
    console.log(USAGE);
    return 0;
  }
  console.log(
    `${options.operations} operations and ${options.faults} faults on ${options.regions.join(", ")}; seed ${options.seed}`,
  );
  return storm(options);
}

async function storm(options: TortureOptions): Promise<number> {
  const world = await startWorld(options);
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve(130));
  });
  try {
    if (options.aim) writeFileSync(markOfPlant(world.portal.facts.dataDir, options.aim), "");
    const outcome = await Promise.race([runStorm(world, options), stopped]);
    if (typeof outcome === "number") return outcome;
    console.log(describeReport(outcome));
    return outcome.violations.length > 0 ? 1 : 0;
  } finally {
    await world.stop();
  }
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
