import { type ChildProcess, fork } from "node:child_process";
import { countFailures, delayBeforeRestart } from "@/lib/supervisor/backoff";

/** A program that this process keeps running. */
export type Child = {
  name: string;
  pid: () => number | undefined;
  /** Stops the program and starts it again at once, with the given environment or else with the last. */
  restart: (environment?: Record<string, string>) => void;
  /** Stops the program for good: with SIGTERM, and after 20 s with SIGKILL. */
  stop: () => Promise<void>;
};

export type ChildOptions = {
  name: string;
  script: string;
  /** A function is asked at each start of the program. */
  environment: Record<string, string> | (() => Record<string, string>);
  /** Called with the process id of each process that runs the program. */
  onStart: (pid: number) => void;
  /** Called with what the program sends. */
  onMessage?: (message: unknown) => void;
  /** Options of Node.js for the program. */
  nodeOptions?: readonly string[];
};

const STOP_WITHIN_MS = 20_000;

/**
 * Starts a program, and starts it again each time it dies, after a delay that grows with the failures in a row. The
 * program has an IPC channel to this process. When this process dies, the channel closes, and the program ends too and
 * frees its ports.
 */
export function keepRunning(options: ChildOptions): Child {
  let environment = options.environment;
  let failures = 0;
  let stopping = false;
  let restarting: ChildProcess | undefined;
  let current: ChildProcess | undefined;
  let waiting: NodeJS.Timeout | undefined;

  const start = () => {
    const begin = Date.now();
    const child = fork(options.script, [], {
      env: {
        NODE_ENV: "production",
        ...(typeof environment === "function" ? environment() : environment),
        LATCHKEY_PROCESS: options.name,
      },
      execArgv: ["--enable-source-maps", ...(options.nodeOptions ?? [])],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    current = child;
    if (child.pid !== undefined) options.onStart(child.pid);
    if (options.onMessage) child.on("message", options.onMessage);
    child.once("error", (error) => console.error(`${options.name}: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (current === child) current = undefined;
      if (stopping) return;
      if (restarting === child) return start();
      failures = countFailures(failures, Date.now() - begin);
      const delay = delayBeforeRestart(failures);
      console.error(`${options.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${delay / 1000} s`);
      waiting = setTimeout(start, delay);
    });
  };

  start();
  return {
    name: options.name,
    pid: () => current?.pid,
    restart: (changed) => {
      environment = changed ?? environment;
      clearTimeout(waiting);
      restarting = current;
      if (current) void end(current);
      else start();
    },
    stop: async () => {
      stopping = true;
      clearTimeout(waiting);
      if (current) await end(current);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(force);
}
