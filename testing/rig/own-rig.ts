import { mkdirSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "../ports";
import { findRunning, recordRunning } from "./processes";
import { type Rig, startRig, stopRig } from "./rig";
import { type GatewayKind, PORTS_NEEDED } from "./settings";

const PREFIX = "latchkey-rig-";
const OWNER = "owner";
/** One that was just begun may not have written down its owner. */
const YOUNG_MS = 60_000;

/** A rig that a test has to itself, in a folder of its own on free ports. Removes those of runs that were killed. */
export async function startOwnRig(gateways: readonly GatewayKind[]): Promise<{ rig: Rig; stop: () => Promise<void> }> {
  await removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  mkdirSync(join(folder, "run"));
  recordRunning(folder, OWNER, process.pid);
  const stop = () => stopRig(folder, { wipe: true });
  try {
    return { rig: await startRig({ folder, port: await findFreePorts(PORTS_NEEDED), gateways }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function removeAbandoned(): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const folder of folders.map((name) => join(tmpdir(), name)).filter(isAbandoned)) {
    // Its owner, or another test, may be removing it at the same time.
    await stopRig(folder, { wipe: true }).catch((error: unknown) => process.emitWarning(`${folder}: ${String(error)}`));
  }
}

function isAbandoned(folder: string): boolean {
  const made = statSync(folder, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.mtimeMs > YOUNG_MS && findRunning(folder, OWNER) === undefined;
}
