import { join } from "node:path";
import { startCluster, stopCluster } from "@/lib/postgres/cluster";
import { expectDatabase } from "@/lib/postgres/expect-database";
import { makeDataDir, checkStorageDir } from "@/lib/platform/config/make-data-dir";
import { takeLock } from "@/lib/platform/process-lock";
import { buildPortal } from "@/lib/supervisor/build-portal";
import { watchPrograms } from "@/lib/supervisor/watch-programs";
import type { Child } from "@/lib/supervisor/child";
import { ensureSecrets } from "@/lib/platform/config/stored-secrets";
import { chooseFirstRunMode, type FirstRunMode } from "@/lib/supervisor/first-run-mode";
import { stopOrphanedProcesses } from "@/lib/supervisor/orphaned-processes";
import { findFileProblem } from "@/lib/supervisor/find-file-problem";
import { findPortProblem, listPorts } from "@/lib/supervisor/ports";
import { addRigRegions, prepareDatabase } from "@/lib/supervisor/prepare";
import { startRig, stopRig } from "@/lib/supervisor/rig";
import { finishSettings, type PlannedSettings, planSettings } from "@/lib/platform/config/resolve-settings";
import { toLocalUrl } from "@/lib/platform/net/host";
import { startChildren, toChildEnvironment } from "@/lib/supervisor/start-children";
import { step } from "@/lib/supervisor/step";
import { waitUntilReady } from "@/lib/supervisor/wait-until-ready";
import { watchDatabase } from "@/lib/supervisor/watch-database";

/** A problem that a person can correct. The message says how. */
export class UpError extends Error {}

const READY_WITHIN_MS = 120_000;

type Options = {
  /** For work on Latchkey's code: pages and programs follow their sources. */
  dev: boolean;
  mode: FirstRunMode | undefined;
  rebuild: boolean;
  /** Set to start a real Ceph and Keystone beside the portal. `port` is the first of their 18 consecutive ports. */
  rig: { port: string | undefined } | undefined;
};
type Undo = () => Promise<void> | void;

/**
 * Starts everything in order and keeps it running until this process gets a signal to end. Then stops, in the reverse
 * order, everything that it started. Checks for a wrong setting, a second start and a taken port before any long step.
 * Throws an UpError, or another error whose message is for people.
 */
export async function up(options: Options): Promise<void> {
  const undo: Undo[] = [];
  const stopper = stopOnSignal(undo);
  try {
    await start(options, undo, stopper.signal);
  } catch (error) {
    const wasStopped = stopper.signal.aborted;
    await stopper.stop();
    if (!wasStopped) throw error;
  }
}

async function start(options: Options, undo: Undo[], signal: AbortSignal): Promise<void> {
  const plan = planSettings(process.env);
  const dataDir = plan.LATCHKEY_DATA_DIR;
  const { LATCHKEY_REGIONS } = plan;
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const missing = findFileProblem({ LATCHKEY_REGIONS, NODE_EXTRA_CA_CERTS });
  if (missing) throw new UpError(missing);
  makeDataDir(dataDir);
  checkStorageDir(dataDir);
  const lock = takeLock(join(dataDir, "up.lock"), plan.LATCHKEY_URL);
  if (!lock.ok)
    throw new UpError(`Latchkey already runs on ${dataDir} (process ${lock.holder.pid}), at ${lock.holder.note}`);
  undo.push(lock.release);
  await stopOrphanedProcesses(dataDir);
  const problem = await findPortProblem(listPorts(plan));
  if (problem) throw new UpError(problem);

  const { rig } = options;
  if (rig) {
    // Registered before the start, so that Ctrl-C during the start stops the rig too.
    undo.push(() => stopRig(dataDir));
    await step("Ceph and Keystone", () => startRig(dataDir, rig.port, signal));
  }
  let children: Child[] = [];
  const withUrl = (url: string) => finishSettings(plan, ensureSecrets(plan), url);
  const url = await openDatabase(plan, undo, (moved) => {
    for (const child of children.filter(({ name }) => name !== "builtin-s3"))
      child.restart(toChildEnvironment(withUrl(moved), options.dev));
  });
  const settings = withUrl(url);
  const environment = toChildEnvironment(settings, false);
  const { firstRun, stores } = await prepareDatabase(environment, chooseFirstRunMode(plan, options), signal);
  if (rig) await step("Regions of the rig", () => addRigRegions(environment, signal));
  if (options.dev) await step("Watched programs", () => watchPrograms((names) => restartAll(children, names), signal));
  else await step("Portal", () => buildPortal({ force: options.rebuild }, signal));

  undo.push(async () => {
    await Promise.all(children.map((child) => child.stop()));
  });
  await step("Start", async () => {
    children = startChildren(settings, stores, options.dev);
    if (await waitUntilReady(toLocalUrl(plan.HOST, plan.PORT), listPorts(plan), READY_WITHIN_MS)) return;
    throw new UpError(`Not every program answered within ${READY_WITHIN_MS / 1000} s; the cause is printed above.`);
  });
  const seconds = ((Date.now() - performance.timeOrigin) / 1000).toFixed(1);
  console.log(`\nLatchkey is ready at ${settings.LATCHKEY_URL}  (${seconds} s)`);
  console.log(explainSignIn(firstRun, join(dataDir, "first-run.json")));
  if (options.dev) console.log(WATCHED);
}

const WATCHED =
  "Pages follow their sources. The web server, the worker and the built-in S3 server restart when their sources change.\n" +
  "After a change in prisma/, start again. Ctrl-C stops everything.";

/** In development: restarts the programs whose code changed. */
function restartAll(children: Child[], names: string[]): void {
  for (const child of children.filter(({ name }) => names.includes(name))) {
    console.log(`The sources of ${child.name} changed; restarting it.`);
    child.restart();
  }
}

async function openDatabase(plan: PlannedSettings, undo: Undo[], onMoved: (url: string) => void): Promise<string> {
  if (plan.DATABASE_URL) {
    await expectDatabase(plan.DATABASE_URL);
    return plan.DATABASE_URL;
  }
  // Registered before the start, so that Ctrl-C during the start stops the database too. A database that `npm run db`
  // started goes on.
  undo.push(() => stopCluster(plan.LATCHKEY_DATA_DIR, "up"));
  const cluster = await step("Database", () => startCluster(plan.LATCHKEY_DATA_DIR, "up"));
  undo.push(watchDatabase(plan.LATCHKEY_DATA_DIR, cluster, onMoved));
  return cluster.url;
}

/**
 * Undoes everything on Ctrl-C, SIGTERM and SIGHUP, or when `stop` is called. A second Ctrl-C does not wait. The first
 * one aborts the signal, which ends the steps in progress.
 */
function stopOnSignal(undo: Undo[]): { stop: () => Promise<void>; signal: AbortSignal } {
  const controller = new AbortController();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= undoAll(undo));
  const end = (name: string) => {
    if (controller.signal.aborted) process.exit(1);
    console.log(`\nStopping (${name}).`);
    controller.abort();
    void stop().then(() => process.exit(0));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => end(name));
  return { stop, signal: controller.signal };
}

async function undoAll(undo: Undo[]): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) {
    try {
      await step();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  }
}

function explainSignIn(firstRun: string, path: string): string {
  if (firstRun === "nobody") {
    return (
      "Nobody can sign in yet. Make the first administrator with `npm run admin -- user create --help`,\n" +
      "or start once with --empty, which makes an administrator and writes the password to a file."
    );
  }
  return firstRun === "made"
    ? `The sign-in details are in ${path}`
    : `The sign-in details were written to ${path} on the first start.`;
}
