import { MUTANTS } from "./mutants/mutants";
import { runMutants } from "./mutants/run-mutants";
import { type Command, readCommand, USAGE } from "./options";
import { describeReport } from "./report";
import { runChaos } from "./run";
import { listPossibleRegions, startWorld } from "./world/world";

const FOUND_NOTHING = 0;
const FOUND = 1;
const FAILED = 2;
const INTERRUPTED = 130;

/** `npm run chaos`. Ends with 0 when everything is as it must be, with 1 on a violation or a mutant that survives. */
async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), listPossibleRegions());
  if (command.kind === "run") return run(command);
  if (command.kind === "mutants") return tryMutants(command.names);
  console.log(USAGE);
  return FOUND_NOTHING;
}

async function run({ regions, projects, options }: Extract<Command, { kind: "run" }>): Promise<number> {
  const { operations, faults, seed } = options;
  console.log(`${operations} operations and ${faults} faults on ${regions.join(", ")}; seed ${seed}`);
  const world = await startWorld({ regions, projects });
  const interrupted = new Promise<undefined>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve(undefined));
  });
  try {
    const report = await Promise.race([runChaos(world, options), interrupted]);
    if (!report) return INTERRUPTED;
    console.log(describeReport(report));
    return report.violations.length > 0 ? FOUND : FOUND_NOTHING;
  } finally {
    await world.stop();
  }
}

async function tryMutants(names: string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort());
  const survivors: string[] = [];
  await runMutants(
    names,
    ({ name, found, report }) => {
      console.log(`${name}: ${found ? "found" : "NOT FOUND"} (${MUTANTS[name]?.bug})`);
      if (found) return;
      console.log(report);
      survivors.push(name);
    },
    interrupted.signal,
  );
  console.log(`${names.length - survivors.length} of ${names.length} mutants found`);
  return survivors.length > 0 ? FOUND : FOUND_NOTHING;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(FAILED);
}
