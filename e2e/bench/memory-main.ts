import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { requestSession } from "../fixtures/portal-client";
import { composeTable } from "./figures";
import { measurePortal } from "./measure-portal";

/** Enough that the heap of a web process without a limit has stopped growing. */
const PAGES = 15_500;
/** As many as a browser opens. */
const AT_ONCE = 6;
const STEPS = 10;
/** Of the portal's log, shown when the measurement fails. */
const LOG_LINES = 40;

/** Requests many pages of one web process, and prints what the process holds at the start, on the way and at the end. */
async function main(): Promise<void> {
  await measurePortal(async (portal, person) => {
    try {
      const { url } = portal.facts;
      const pages = ["/login", "/projects/demo/object-storage", "/projects/demo/object-storage/keys"];
      const headers = { cookie: await requestSession(url, person), accept: "text/html" };
      const pid = await portal.pidOf("web");
      const rows = [["pages", "resident memory"]];
      const note = async (done: number) => rows.push([String(done), `${await readResidentMegabytes(pid)} MB`]);
      await note(0);
      for (let step = 0; step < STEPS; step += 1) {
        const begin = performance.now();
        await requestPages(url, pages, headers, PAGES / STEPS);
        await note(((step + 1) * PAGES) / STEPS);
        console.error(`${(PAGES / STEPS / ((performance.now() - begin) / 1_000)).toFixed(0)} pages/s`);
      }
      if ((await portal.pidOf("web")) !== pid) throw new Error("the web process ended on the way");
      console.log(`${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, Node ${process.version}\n`);
      console.log(composeTable(rows));
    } catch (error) {
      const log = await readFile(join(portal.facts.dataDir, "up.log"), "utf8");
      console.error(log.split("\n").slice(-LOG_LINES).join("\n"));
      throw error;
    }
  });
}

async function requestPages(url: string, pages: string[], headers: Record<string, string>, count: number) {
  let next = 0;
  const request = async () => {
    while (next < count) {
      const path = pages[next % pages.length] ?? "/";
      next += 1;
      const reply = await fetch(url + path, { headers, redirect: "manual" });
      await reply.arrayBuffer();
      if (reply.status !== 200) throw new Error(`${path} was answered with ${reply.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, request));
}

async function readResidentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
