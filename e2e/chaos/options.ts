import { parseArgs } from "node:util";
import { listFaults } from "./faults/faults";
import { MUTANTS } from "./mutants/mutants";
import { TARGETS } from "./mutants/targets";
import type { ChaosOptions } from "./run";

const NAMES = Object.keys(MUTANTS).join(", ");

export const USAGE = `npm run chaos [-- options]

  --operations 1000   how many changes of keys are tried
  --faults 200        how many faults at least
  --regions north,south,ceph,openstack
  --seed N            repeats the people, changes and faults of another run; drawn when left out
  --target NAME       a short run that tests one promise of the protocol: ${NAMES}
  --mutants           breaks the protocol in one way after the other, and says whether the target finds it
  --mutant NAME       the same with one mutant: ${NAMES}`;

/** The full run. */
const FULL = {
  operations: 1_000,
  faults: 200,
  projects: 16,
  atOnce: 10,
  settleSeconds: 180,
  contention: 0.08,
  adjustments: 0.25,
  unacknowledged: 0.1,
  unacknowledgedForMs: Infinity,
  programs: 0.25,
  listFaults,
  eachOnceFirst: true,
};

/** What the command line asks for. */
export type Command =
  | { kind: "help" }
  | { kind: "mutants"; names: string[] }
  | { kind: "run"; regions: string[]; projects: number; options: ChaosOptions };

/** Reads the command line. Throws with what is wrong. */
export function readCommand(args: string[], possibleRegions: readonly string[]): Command {
  const option = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args,
    options: {
      operations: option,
      faults: option,
      regions: option,
      seed: option,
      target: option,
      mutant: option,
      mutants: flag,
      help: flag,
    },
  });
  if (values.help) return { kind: "help" };
  if (values.mutants) return { kind: "mutants", names: Object.keys(MUTANTS) };
  if (values.mutant !== undefined) return { kind: "mutants", names: [readName("mutant", values.mutant)] };
  const target = values.target === undefined ? undefined : TARGETS[readName("target", values.target)];
  const defaults = { ...FULL, ...target?.run };
  const regions = values.regions?.split(",") ?? (target ? ["north", "south"] : [...possibleRegions]);
  const impossible = regions.find((region) => !possibleRegions.includes(region));
  if (impossible) throw new Error(`there is no region ${impossible} here; there are ${possibleRegions.join(", ")}`);
  const { projects, ...run } = defaults;
  const options = {
    ...run,
    seed: readNumber("seed", values.seed, Math.floor(Math.random() * 2 ** 31)),
    operations: readNumber("operations", values.operations, run.operations),
    faults: readNumber("faults", values.faults, run.faults),
    full: !target && values.operations === undefined && values.faults === undefined,
  };
  return { kind: "run", regions, projects, options };
}

function readName(option: string, name: string): string {
  if (Object.hasOwn(MUTANTS, name)) return name;
  throw new Error(`--${option} wants one of ${NAMES}`);
}

function readNumber(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} wants a number and not ${text}`);
  return value;
}
