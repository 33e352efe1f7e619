import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { waitForLock } from "@/lib/platform/process-lock";
import { findFreePorts } from "../ports";
import { readOptions, type Rig, startRig } from "./rig";
import { type GatewayKind, PORTS_NEEDED } from "./settings";

const GATEWAYS = ["uncached", "cached", "keystone-first"] as const satisfies readonly GatewayKind[];
type SharedKind = (typeof GATEWAYS)[number];

/** The time for a start on a loaded machine. For the `beforeAll` of test files. */
export const RIG_STARTS_WITHIN_MS = 600_000;
/** The time for one test on the rig on a loaded machine. */
export const RIG_TEST_MS = 180_000;

/**
 * The rig that all test files of a run share, with its gateways of the given kinds, in that order. The first caller
 * starts it. Tests must not stop its programs or change its settings: those need `startOwnRig`.
 */
export async function openSharedRig(kinds: readonly SharedKind[]): Promise<Rig> {
  const folder = inject("sharedRig");
  const release = await waitForLock(join(folder, "run/start.lock"), RIG_STARTS_WITHIN_MS);
  try {
    const rig = readRig(folder) ?? (await startRig({ folder, port: await choosePort(folder), gateways: GATEWAYS }));
    const gateways = kinds.map((kind) => rig.gateways.find((gateway) => gateway.kind === kind) ?? never());
    return { ...rig, gateways, adminUrl: gateways[0]?.endpoint ?? never() };
  } finally {
    release();
  }
}

/** After a start that failed, the next one goes on with the same ports. */
async function choosePort(folder: string): Promise<number> {
  return readOptions(folder)?.port ?? (await findFreePorts(PORTS_NEEDED));
}

/** Undefined until the rig has been started: rig.json is written last. */
function readRig(folder: string): Rig | undefined {
  const file = join(folder, "rig.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Rig) : undefined;
}

function never(): never {
  throw new Error("the shared rig has no such gateway");
}
