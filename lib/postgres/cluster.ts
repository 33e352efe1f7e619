import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBinaries } from "@/lib/postgres/binaries";
import {
  type ClusterSettings,
  ensureClusterSettings,
  LOOPBACK,
  readClusterSettings,
  toDatabaseUrl,
  writeClusterSettings,
} from "@/lib/postgres/cluster-settings";
import { ensureApplicationRole, initialiseCluster } from "@/lib/postgres/initialise-cluster";
import { findFreePort, isPortFree } from "@/lib/platform/net/ports";
import { makeDataDir } from "@/lib/platform/config/make-data-dir";
import { chooseOsUser } from "@/lib/postgres/os-user";
import { clearDeadPostmaster, findPostmaster, type Postmaster } from "@/lib/postgres/postmaster";
import { waitForLock } from "@/lib/platform/process-lock";
import { runProgram } from "@/lib/postgres/run-program";

/**
 * Who started the server. The starter decides who stops the server. `up` and `command` stop a server that they started.
 * A server that `db` started runs until `npm run db -- stop`. `up` takes over a server that a killed `up` or `command`
 * left running.
 */
export type Starter = "up" | "db" | "command";

export type StartedCluster = {
  url: string;
  pid: number;
  settings: ClusterSettings;
  /** Whether the caller must stop the server. */
  mine: boolean;
};

const START_SECONDS = 60;
const STOP_SECONDS = 30;
const LOCK_MS = 120_000;
const USABLE_WITHIN_MS = 30_000;
const POLL_MS = 50;
const LOG_BYTES_MAX = 10_000_000;
/** Options that trade durability for speed. Only for databases whose loss does no harm. */
const THROWAWAY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

/** Whether the data folder has a database, whether or not it runs. */
export function hasCluster(dataDir: string): boolean {
  return existsSync(join(dataDir, "postgres", "cluster", "PG_VERSION"));
}

/**
 * Starts the data folder's PostgreSQL, or returns the server that runs already. The first start creates the cluster.
 * When another program has taken the stored port, the server moves to a free port and stores it. Of two calls for one
 * data folder, the second waits up to 120 s for the first. Throws when database.json is missing, when the folder
 * belongs to another user, and when PostgreSQL does not start within 60 s.
 */
export async function startCluster(
  dataDir: string,
  starter: Starter,
  options: { throwaway?: boolean } = {},
): Promise<StartedCluster> {
  makeDataDir(dataDir);
  const root = realpathSync(dataDir);
  const home = join(root, "postgres");
  const folder = join(home, "cluster");
  const release = await waitForLock(join(root, "database.lock"), LOCK_MS);
  try {
    if (existsSync(join(folder, "PG_VERSION")) && !readClusterSettings(root)) {
      throw new Error(
        `${join(root, "database.json")} is missing. Without this file ${folder} cannot be opened: restore the file from a backup`,
      );
    }
    const settings = await ensureClusterSettings(root);
    const running = await findUsable(folder, settings);
    if (running) {
      const mine = starter === "up" && readStarter(root) !== "db";
      if (mine) writeStarter(root, starter);
      return { url: toDatabaseUrl(settings), pid: running.pid, settings, mine };
    }
    await inspect(folder, () => clearDeadPostmaster(folder));
    const binaries = findBinaries();
    const user = chooseOsUser(binaries, root, existsSync(home) ? statSync(home).uid : undefined);
    await initialiseCluster(home, binaries, user, settings);
    if (!(await isPortFree(settings.port, LOOPBACK))) {
      settings.port = await findFreePort(LOOPBACK);
      writeClusterSettings(root, settings);
    }
    const log = join(home, "server.log");
    if (existsSync(log) && statSync(log).size > LOG_BYTES_MAX) renameSync(log, `${log}.1`);
    writeStarter(root, starter);
    await runProgram(user, binaries.pgCtl, [
      "start",
      "--wait",
      `--timeout=${START_SECONDS}`,
      `--pgdata=${folder}`,
      `--log=${log}`,
      `--options=-p ${settings.port} ${options.throwaway ? THROWAWAY : ""}`,
    ]).catch((error: unknown) => {
      throw new Error(`PostgreSQL did not start; its log is ${log}`, { cause: error });
    });
    await ensureApplicationRole(settings);
    const postmaster = findPostmaster(folder);
    if (!postmaster) throw new Error(`PostgreSQL ended at once; its log is ${log}`);
    return { url: toDatabaseUrl(settings), pid: postmaster.pid, settings, mine: true };
  } finally {
    release();
  }
}

/**
 * Stops the data folder's PostgreSQL, if it runs. With `onlyIf`, does nothing when the server belongs to another
 * starter by now. Throws when the server does not stop within 30 s.
 */
export async function stopCluster(dataDir: string, onlyIf?: Starter): Promise<void> {
  if (!existsSync(dataDir)) return;
  const root = realpathSync(dataDir);
  const home = join(root, "postgres");
  const folder = join(home, "cluster");
  const release = await waitForLock(join(root, "database.lock"), LOCK_MS);
  try {
    if (onlyIf && readStarter(root) !== onlyIf) return;
    if (!inspect(folder, () => findPostmaster(folder))) return;
    const binaries = findBinaries();
    const user = chooseOsUser(binaries, root, statSync(home).uid);
    await runProgram(user, binaries.pgCtl, [
      "stop",
      "--wait",
      "--mode=fast",
      `--timeout=${STOP_SECONDS}`,
      `--pgdata=${folder}`,
    ]);
    rmSync(join(root, "database.starter"), { force: true });
  } finally {
    release();
  }
}

/** The data folder's running PostgreSQL, or undefined. The URL holds the password. */
export function findRunningCluster(dataDir: string): { pid: number; port: number; url: string } | undefined {
  const settings = existsSync(dataDir) ? readClusterSettings(dataDir) : undefined;
  if (!settings) return undefined;
  const folder = join(realpathSync(dataDir), "postgres/cluster");
  const postmaster = inspect(folder, () => findPostmaster(folder));
  return postmaster && { ...postmaster, url: toDatabaseUrl(settings) };
}

/**
 * Waits up to 30 s until the running server accepts connections. A server that was just killed, or that recovers from
 * the death of one of its processes, refuses connections for a moment. Undefined when no server runs.
 */
async function findUsable(folder: string, settings: ClusterSettings): Promise<Postmaster | undefined> {
  const end = Date.now() + USABLE_WITHIN_MS;
  for (;;) {
    const running = inspect(folder, () => findPostmaster(folder));
    if (!running) return undefined;
    try {
      await ensureApplicationRole(settings);
      return running;
    } catch (error) {
      const isTransient =
        error instanceof Error && "code" in error && /^(ECONNREFUSED|ECONNRESET|57P0\d)$/.test(String(error.code));
      if (!isTransient || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function inspect<T>(folder: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EACCES")) throw error;
    throw new Error(`${folder} belongs to another user: run as that user, or as root`, { cause: error });
  }
}

function readStarter(root: string): string | undefined {
  const path = join(root, "database.starter");
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function writeStarter(root: string, starter: Starter): void {
  writeFileSync(join(root, "database.starter"), starter, { mode: 0o600 });
}
