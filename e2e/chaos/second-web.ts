import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { OwnPortal } from "../fixtures/own-portal";
import { ROOT } from "../fixtures/portal";
import { findFreePorts } from "@/testing/ports";
import { waitFor } from "@/testing/wait";

/** Another web process of the same portal, on the same database. */
export interface SecondWeb {
  url: string;
  pid: () => number | undefined;
  kill: () => Promise<void>;
  /** Starts it unless it runs. Resolves when it answers. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** What the supervisor says to its own children only. */
const BETWEEN_PARENT_AND_CHILD = /^NODE_CHANNEL_|^LATCHKEY_PROCESS$/;

/** Starts a second web process with the settings of the portal's own and another port. */
export async function startSecondWeb(portal: OwnPortal): Promise<SecondWeb> {
  const environment = await readWebEnvironment(portal);
  const port = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/login`, { signal: AbortSignal.timeout(2_000) }).then(
      (reply) => reply.ok,
      () => false,
    );
  let child: ChildProcess | undefined;
  const runs = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!child || !runs()) return;
    const ended = new Promise<void>((resolve) => child?.once("exit", () => resolve()));
    child.kill(signal);
    await ended;
  };
  const web: SecondWeb = {
    url,
    pid: () => (runs() ? child?.pid : undefined),
    kill: () => end("SIGKILL"),
    async start() {
      const log = openSync(join(portal.facts.dataDir, "second-web.log"), "a", 0o600);
      const env = {
        ...environment,
        PORT: String(port),
        LATCHKEY_PROCESS: "second-web",
        NODE_ENV: "production" as const,
      };
      // It ends where it finds no database; whoever supervises it starts it again.
      await waitFor("the second web process", async () => {
        if (!runs())
          child = spawn(process.execPath, ["--enable-source-maps", "dist/web.mjs"], {
            cwd: ROOT,
            env,
            stdio: ["ignore", log, log],
          });
        return answers();
      }).finally(() => closeSync(log));
    },
    stop: () => end("SIGTERM"),
  };
  await web.start();
  return web;
}

/** The settings with which the portal's own web process runs; among them the address of the database. */
export async function readWebEnvironment(portal: OwnPortal): Promise<Record<string, string>> {
  const lines = readFileSync(`/proc/${await portal.pidOf("web")}/environ`, "utf8")
    .split("\0")
    .filter(Boolean);
  const entries = lines.map((line): [string, string] => [
    line.slice(0, line.indexOf("=")),
    line.slice(line.indexOf("=") + 1),
  ]);
  return Object.fromEntries(entries.filter(([name]) => !BETWEEN_PARENT_AND_CHILD.test(name)));
}
