import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@/lib/platform/errors";

const BEAT_MS = 2000;
const STALE_MS = 10_000;
const SETTLE_MS = 100;
const ATTEMPTS = 20;

interface Owner {
  pid: number;
  /** The start time as the system tells it: distinguishes the process from a later one with the same pid. */
  started: string;
  /** The machine (boot and pid namespace) that pid and start time belong to. */
  machine: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only owner of a folder, until the process ends in any way. The lock is a file with the owner's
 * identity. The lock of a dead process is taken over: on the same machine the process table tells; the owner on another
 * machine (a shared or moved volume) counts as dead when the file was not touched for `staleMs`. Throws an AppError
 * when another process owns the folder.
 */
export async function lockFolder(folder: string, staleMs = STALE_MS): Promise<FolderLock> {
  const file = path.join(folder, "lock");
  const me: Owner = { pid: process.pid, started: startOf(process.pid) ?? "", machine: machineId() };
  const mine = JSON.stringify({ ...me, token: randomBytes(8).toString("hex") });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (claim(file, mine)) {
      // Another process that also found the old lock dead may have moved ours aside by mistake; it puts ours back.
      await delay(SETTLE_MS);
      if (read(file) === mine) return hold(file, mine);
      continue;
    }
    const found = read(file);
    if (found === undefined) continue;
    if (await isAlive(file, found, staleMs)) {
      throw new AppError("CONFLICT", `${folder} belongs to another running process (${describe(found)})`);
    }
    removeStale(file, found);
  }
  throw new AppError("CONFLICT", `${folder} is being taken by another process`);
}

/** Creates the lock file with its content in one step. Returns false when the file exists. */
function claim(file: string, content: string): boolean {
  const candidate = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(candidate, content, { mode: 0o600, flag: "wx" });
  try {
    linkSync(candidate, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(candidate);
  }
}

function hold(file: string, mine: string): FolderLock {
  const beat = setInterval(() => {
    const now = new Date();
    if (read(file) === mine) utimesSync(file, now, now);
  }, BEAT_MS);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      if (read(file) === mine) unlinkSync(file);
    },
  };
}

/** Moves the dead lock aside and reads it again: if it is another process's by now, it is put back. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Another process was quicker.
  }
  if (read(aside) !== stale) restore(aside, file);
  unlinkSync(aside);
}

function restore(aside: string, file: string): void {
  try {
    linkSync(aside, file);
  } catch {
    return; // A third process has the lock by now. The owner of the one that we moved notices when it reads again.
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

async function isAlive(file: string, content: string, staleMs: number): Promise<boolean> {
  const owner = parseOwner(content);
  // A lock file without a readable owner was cut off by a power failure: nobody holds it.
  if (!owner) return false;
  if (owner.machine === machineId()) return owner.started === startOf(owner.pid);
  const deadline = Date.now() + staleMs;
  const before = touchedAt(file);
  while (Date.now() < deadline) {
    if (touchedAt(file) !== before) return true;
    await delay(BEAT_MS / 4);
  }
  return false;
}

function parseOwner(content: string): Owner | undefined {
  try {
    const { pid, started, machine } = JSON.parse(content) as Partial<Owner>;
    return typeof pid === "number" && typeof started === "string" && typeof machine === "string"
      ? { pid, started, machine }
      : undefined;
  } catch {
    return undefined;
  }
}

function describe(content: string): string {
  const owner = parseOwner(content);
  return owner ? `pid ${owner.pid}` : "unknown";
}

function touchedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The start time of a process; undefined when no process has this pid, or only a zombie. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return (
        execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
          env: { ...process.env, LC_ALL: "C" },
          encoding: "utf8",
        }).trim() || undefined
      );
    }
    // The command name may hold spaces and parentheses; the fields after its last parenthesis are fixed.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ") ?? [];
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function machineId(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
