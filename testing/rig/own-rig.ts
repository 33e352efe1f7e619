import { mkdirSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "../ports";
import { findRunning, recordRunning } from "./processes";
import { type Rig, startRig, stopRig } from "./rig";
import { type GatewayKind, PORTS_NEEDED } from "./settings";

const PREFIX = "latchkey-rig-";
const OWNER = "owner";
/** A folder younger than this may have no recorded owner yet. */
const YOUNG_MS = 60_000;

/** Starts a rig for one test file alone, in its own folder and on free ports. */
export async function startOwnRig(gateways: readonly GatewayKind[]): Promise<{ rig: Rig; stop: () => Promise<void> }> {
  const folder = await prepareRigFolder();
  const stop = () => stopRig(folder, { wipe: true });
  try {
    return { rig: await startRig({ folder, port: await findFreePorts(PORTS_NEEDED), gateways }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates the folder of a rig that belongs to this process, and removes the rigs of processes that were killed. */
export async function prepareRigFolder(): Promise<string> {
  await removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  mkdirSync(join(folder, "run"));
  recordRunning(folder, OWNER, process.pid);
  return folder;
}

async function removeAbandoned(): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const folder of folders.map((name) => join(tmpdir(), name)).filter(isAbandoned)) {
    // Another process may be removing it at the same time.
    await stopRig(folder, { wipe: true }).catch((error: unknown) => process.emitWarning(`${folder}: ${String(error)}`));
  }
}

function isAbandoned(folder: string): boolean {
  const made = statSync(folder, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.mtimeMs > YOUNG_MS && findRunning(folder, OWNER) === undefined;
}
