import { parseArgs } from "node:util";
import { AIMS } from "./targets";
import { listFaults } from "./faults";
import type { StormOptions } from "./run";

export const USAGE = `npm run torture [-- options]

  --operations 1000   how many changes of keys are tried
  --faults 200        how many faults at least
  --regions north,south,ceph,openstack
  --seed N            the same people, changes and faults once more; drawn when left out
  --aim NAME          a short storm that goes for one promise: ${Object.keys(AIMS).join(", ")}`;

/** What the full storm has unless told otherwise. */
const FULL = {
  operations: 1_000,
  faults: 200,
  projects: 16,
  atOnce: 10,
  settleSeconds: 120,
  crowd: 0.08,
  forget: 0.1,
  forgetForMs: Infinity,
  programs: 0.25,
  faultsOf: listFaults,
  eachOnceFirst: true,
};

export interface TortureOptions extends StormOptions {
  regions: string[];
  projects: number;
  aim: string | undefined;
}

/** Reads the command line. Throws with what is wrong. */
export function readOptions(args: string[], possible: readonly string[]): TortureOptions | undefined {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      operations: option,
      faults: option,
      regions: option,
      seed: option,
      aim: option,
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const aim = values.aim === undefined ? undefined : AIMS[values.aim];
  if (values.aim !== undefined && !aim) throw new Error(`--aim wants one of ${Object.keys(AIMS).join(", ")}`);
  const kind = { ...FULL, ...aim?.storm };
  const regions = values.regions?.split(",") ?? (aim ? ["north", "south"] : [...possible]);
  const impossible = regions.find((region) => !possible.includes(region));
  if (impossible) throw new Error(`there is no region ${impossible} here; there are ${possible.join(", ")}`);
  return {
    ...kind,
    aim: values.aim,
    seed: readNumber("seed", values.seed, Math.floor(Math.random() * 2 ** 31)),
    operations: readNumber("operations", values.operations, kind.operations),
    faults: readNumber("faults", values.faults, kind.faults),
    full: !aim && values.operations === undefined && values.faults === undefined,
    regions,
  };
}

function readNumber(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} wants a number and not ${text}`);
  return value;
}
