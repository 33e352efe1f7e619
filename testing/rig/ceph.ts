import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answers, findRunning, run, startProgram, stopProgram, waitUntil } from "./processes";
import { assignPorts, gatewayId, type RigOptions, type RigSecrets } from "./settings";

/** Two folders up from here and from the bundle in dist/rig. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MON_COMMANDS = join(ROOT, "testing/rig/mon-commands.py");
const OSD_TRIES = 10;
const MANAGER = "mgr";

export interface RigAccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

export const confOf = (folder: string): string => join(folder, "ceph.conf");
const cleanMark = (folder: string): string => join(folder, "osd/.clean");
const adminMark = (folder: string): string => join(folder, "admin-user.json");

/** The witness: reads and writes the cluster without any gateway. Gives what it printed. */
export function runRadosgwAdmin(folder: string, args: string[]): Promise<string> {
  return run("/usr/bin/radosgw-admin", ["-c", confOf(folder), ...args]);
}

/** Brings up mon, OSD and gateways, whichever do not run. Resolves when every gateway answers. */
export async function startCeph(options: RigOptions, secrets: RigSecrets): Promise<void> {
  const { folder } = options;
  await forgetLostStore(options);
  rmSync(cleanMark(folder), { force: true });
  await startMon(options, secrets);
  await startOsd(folder, secrets);
  if (!existsSync(adminMark(folder))) await makeAdminUser(folder);
  for (const index of options.gateways.keys()) startGateway(folder, index);
  await Promise.all(
    assignPorts(options).gateways.map((port) => waitUntil("radosgw", () => answers(`http://127.0.0.1:${port}/`))),
  );
}

/** Starts one gateway unless it runs; the caller waits for its answer. */
export function startGateway(folder: string, index: number): void {
  const id = gatewayId(index);
  if (!findRunning(folder, id))
    startProgram(folder, id, "/usr/bin/radosgw", ["-c", confOf(folder), "-f", "-n", `client.${id}`]);
}

/** Starts a manager, which the rig does without unless somebody wants one of its modules. It has three ports from `port` on. */
export function startManager(folder: string, port: number): void {
  if (findRunning(folder, MANAGER)) return;
  // Without cephx the second version of the messenger finds no mode that both sides have.
  const messenger = ["--ms-bind-msgr2=false", `--ms-bind-port-min=${port}`, `--ms-bind-port-max=${port + 2}`];
  startProgram(folder, MANAGER, "/usr/bin/ceph-mgr", [
    "-c",
    confOf(folder),
    "-f",
    "-i",
    "x",
    `--mgr-data=${join(folder, MANAGER)}`,
    ...messenger,
  ]);
}

/** In the order in which they need each other: a gateway without its OSD does not heed SIGTERM. */
export async function stopCeph(options: RigOptions): Promise<void> {
  const { folder } = options;
  await Promise.all(
    [MANAGER, ...options.gateways.map((_kind, index) => gatewayId(index))].map((name) => stopProgram(folder, name)),
  );
  const ran = findRunning(folder, "osd") !== undefined;
  const clean = await stopProgram(folder, "osd");
  if (ran && clean) writeFileSync(cleanMark(folder), "");
  await stopProgram(folder, "mon");
}

/** A memstore lives in its process. After anything but a clean stop the mon knows pools whose data is gone. */
async function forgetLostStore(options: RigOptions): Promise<void> {
  const { folder } = options;
  const osd = join(folder, "osd");
  if (!existsSync(osd) || findRunning(folder, "osd") || existsSync(cleanMark(folder))) return;
  await Promise.all(options.gateways.map((_kind, index) => stopProgram(folder, gatewayId(index), "SIGKILL")));
  await stopProgram(folder, "mon");
  for (const path of [osd, join(folder, "mon"), adminMark(folder)]) rmSync(path, { recursive: true, force: true });
}

async function startMon(options: RigOptions, secrets: RigSecrets): Promise<void> {
  const { folder } = options;
  if (findRunning(folder, "mon")) return;
  const data = join(folder, "mon");
  const conf = confOf(folder);
  if (!existsSync(join(data, "store.db"))) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data);
    const map = join(folder, "run/monmap");
    const address = `[v1:127.0.0.1:${assignPorts(options).mon}]`;
    await run("/usr/bin/monmaptool", ["--create", "--clobber", "--fsid", secrets.fsid, "--addv", "a", address, map]);
    await run("/usr/bin/ceph-mon", ["-c", conf, "--mkfs", "-i", "a", "--monmap", map]);
  }
  startProgram(folder, "mon", "/usr/bin/ceph-mon", ["-c", conf, "-f", "-i", "a"]);
}

async function startOsd(folder: string, secrets: RigSecrets): Promise<void> {
  const data = join(folder, "osd");
  const conf = confOf(folder);
  if (!findRunning(folder, "osd") && !existsSync(data)) {
    await run("/usr/bin/python3", [MON_COMMANDS, conf, "osd-new", secrets.osdUuid]);
    mkdirSync(data);
    await run("/usr/bin/ceph-osd", ["-c", conf, "-i", "0", "--mkfs", "--osd-uuid", secrets.osdUuid]);
  }
  for (let attempt = 1; ; attempt += 1) {
    if (!findRunning(folder, "osd")) startProgram(folder, "osd", "/usr/bin/ceph-osd", ["-c", conf, "-f", "-i", "0"]);
    const pid = findRunning(folder, "osd");
    try {
      await run("/usr/bin/python3", [MON_COMMANDS, conf, "open-pools", String(pid)]);
      return;
    } catch (error) {
      // One that started before the mon was ready has ended, and works the next time.
      if (attempt === OSD_TRIES || findRunning(folder, "osd")) throw error;
    }
  }
}

/** radosgw-admin also makes the zone; before a gateway runs, nobody races it for that. */
async function makeAdminUser(folder: string): Promise<void> {
  const caps = "users=*;buckets=*;usage=*";
  const args = ["user", "create", "--uid=latchkey-admin", "--display-name=Latchkey", `--caps=${caps}`];
  const user = await runRadosgwAdmin(folder, args);
  writeFileSync(adminMark(folder), JSON.stringify(readAccessKey(user)), { mode: 0o600 });
}

/** The first pair of a user, from what radosgw-admin printed. */
export function readAccessKey(printed: string): RigAccessKey {
  const { keys } = JSON.parse(printed) as { keys: { access_key: string; secret_key: string }[] };
  const [key] = keys;
  if (!key) throw new Error("the user has no key");
  return { accessKeyId: key.access_key, secretAccessKey: key.secret_key };
}

export const adminFile = adminMark;
