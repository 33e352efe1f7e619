import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds that each process has had on a processor so far, by process id. */
export type ProcessorTimes = ReadonlyMap<number, number>;

/** Reads the processor times of a web process and of all connections of the portal's role to its database. */
export function readProcessorTimes(web: number): ProcessorTimes {
  return new Map([web, ...listConnections()].map((pid) => [pid, readProcess(pid)]));
}

/** What was spent between two readings. A connection that was closed in between is left out. */
export function spentBetween(before: ProcessorTimes, after: ProcessorTimes): number {
  return [...after].reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0);
}

function listConnections(): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  // PostgreSQL writes the role and the database into the name of each process.
  return pids.map(Number).filter((pid) => read(`/proc/${pid}/cmdline`).startsWith("postgres: latchkey latchkey"));
}

function readProcess(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    // The first number is nanoseconds on a processor.
    const spent = threads.map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0]));
    return spent.reduce((sum, ns) => sum + ns, 0) / 1_000_000;
  } catch {
    return 0;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}
