import { type ChildProcess, fork } from "node:child_process";
import { countFailures, delayBeforeRestart } from "@/lib/supervisor/backoff";

/** A program that is kept running. */
export type Child = {
  name: string;
  pid: () => number | undefined;
  /** Ends it and starts it anew, with another environment. */
  restart: (environment: Record<string, string>) => void;
  /** Ends it for good: asks, and after a while does not ask. */
  stop: () => Promise<void>;
};

export type ChildOptions = {
  name: string;
  script: string;
  environment: Record<string, string>;
  /** Called with every pid there is a new process under. */
  onStart: (pid: number) => void;
};

const STOP_WITHIN_MS = 20_000;

/**
 * Starts a program and starts it again when it dies, waiting longer each time. It is forked with a channel: that
 * closes when this process dies, however it dies, and then the program ends too and frees its ports.
 */
export function keepRunning(options: ChildOptions): Child {
  let environment = options.environment;
  let failures = 0;
  let stopping = false;
  let current: ChildProcess | undefined;
  let waiting: NodeJS.Timeout | undefined;

  const start = () => {
    const begin = Date.now();
    const child = fork(options.script, [], {
      env: { ...environment, NODE_ENV: "production", LATCHKEY_PROCESS: options.name },
      execArgv: ["--enable-source-maps"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    current = child;
    if (child.pid !== undefined) options.onStart(child.pid);
    child.once("error", (error) => console.error(`${options.name}: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (current === child) current = undefined;
      if (stopping) return;
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
      environment = changed;
      current?.kill("SIGTERM");
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
