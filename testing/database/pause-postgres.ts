import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Pauses the PostgreSQL of a data folder with all its processes, as a host that hangs does: connections stay open, and
 * nothing answers. Returns the function that lets all of them go on. A second call of the function does nothing.
 */
export function pausePostgres(dataDir: string): () => void {
  const file = readFileSync(join(dataDir, "postgres/cluster/postmaster.pid"), "utf8");
  const postmaster = Number(file.split("\n", 1)[0]);
  // First the one that starts others.
  process.kill(postmaster, "SIGSTOP");
  const pids = [postmaster, ...listChildren(postmaster)];
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  return () => {
    for (const pid of pids.splice(0).reverse()) process.kill(pid, "SIGCONT");
  };
}

function listChildren(parent: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => readParent(pid) === parent);
}

function readParent(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in parentheses and may contain anything. After it come the state and the parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // The process has ended.
    return undefined;
  }
}
