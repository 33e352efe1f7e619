import { parseArgs } from "node:util";
import { readRigStatus, startRig, stopRig } from "./rig";
import { RIG_DEFAULTS } from "./settings";

const USAGE = `npm run rig -- up|down|status [--folder ${RIG_DEFAULTS.folder}] [--port ${RIG_DEFAULTS.port}] [--wipe]`;

/** `up` starts a real Ceph and Keystone on loopback, `down` stops them; with --wipe their state goes too. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { folder: { type: "string" }, port: { type: "string" }, wipe: { type: "boolean" } },
  });
  const folder = values.folder ?? RIG_DEFAULTS.folder;
  const [verb] = positionals;
  if (verb === "up") return up(folder, values.port === undefined ? RIG_DEFAULTS.port : Number(values.port));
  if (verb === "down") return stopRig(folder, { wipe: values.wipe ?? false });
  if (verb === "status") return printStatus(folder);
  throw new Error(USAGE);
}

async function up(folder: string, port: number): Promise<void> {
  const begin = performance.now();
  const rig = await startRig({ ...RIG_DEFAULTS, folder, port });
  console.log(`The rig is up after ${((performance.now() - begin) / 1_000).toFixed(1)} s.`);
  for (const { name, kind, endpoint } of rig.gateways)
    console.log(`  ${name.padEnd(9)} ${endpoint}  ${GATEWAYS[kind]}`);
  if (rig.keystone) console.log(`  keystone  ${rig.keystone.url}`);
  console.log(`  The admin credentials are in ${rig.options.folder}/rig.json.`);
}

const GATEWAYS = {
  plain: "its own users only",
  cached: "Keystone too, secrets cached for 300 s",
  uncached: "Keystone too, without a cache",
  "keystone-first": "Keystone first, without a cache",
} as const;

async function printStatus(folder: string): Promise<void> {
  const programs = await readRigStatus(folder);
  if (programs.length === 0) console.log("There is no rig here.");
  for (const { name, pid, url, answers } of programs) {
    const state = pid === undefined ? "stopped" : answers === false ? "does not answer" : "runs";
    console.log(
      [name.padEnd(9), state.padEnd(16), pid === undefined ? "" : `pid ${pid}`, url ?? ""].join(" ").trimEnd(),
    );
  }
  process.exitCode =
    programs.length > 0 && programs.every(({ pid, answers }) => pid !== undefined && answers !== false) ? 0 : 1;
}

// Handled, a signal comes between two steps: never after a program was started and before that was written down.
process.once("SIGTERM", () => process.exit(143));
try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
