import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { isAlive, readStartTime } from "@/lib/platform/process-state";

/** The process that holds a lock, with a note for others. */
export type LockHolder = { pid: number; startTime: string | undefined; note: string };

export type LockResult = { ok: true; release: () => void } | { ok: false; holder: LockHolder };

/**
 * Takes a lock between processes: a file that names its holder. The lock of a process that died is free. The start time
 * is compared too, because process ids are used again.
 */
export function takeLock(path: string, note = ""): LockResult {
  const mine: LockHolder = { pid: process.pid, startTime: readStartTime(process.pid), note };
  const text = JSON.stringify(mine);
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o644 });
  try {
    for (;;) {
      if (linkIfFree(draft, path)) return { ok: true, release: () => releaseLock(path, text) };
      const found = readText(path);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder && isStillHeld(holder)) return { ok: false, holder };
      setAside(path, found);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The process that holds a lock, or undefined when it is free. */
export function readLock(path: string): LockHolder | undefined {
  const text = readText(path);
  const holder = text === undefined ? undefined : parseHolder(text);
  return holder && isStillHeld(holder) ? holder : undefined;
}

/** Takes a lock, and waits while another process holds it. Returns the function that releases it. Throws after `timeoutMs`. */
export async function waitForLock(path: string, timeoutMs: number): Promise<() => void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const lock = takeLock(path);
    if (lock.ok) return lock.release;
    if (Date.now() > end) throw new Error(`${path} is held by process ${lock.holder.pid}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function linkIfFree(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Removes the file of a dead holder. If another process has replaced the file meanwhile, the file is put back. */
function setAside(path: string, dead: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readText(aside) !== dead) linkIfFree(aside, path);
  rmSync(aside, { force: true });
}

function releaseLock(path: string, text: string): void {
  if (readText(path) === text) rmSync(path, { force: true });
}

function isStillHeld(holder: LockHolder): boolean {
  return isAlive(holder.pid) && readStartTime(holder.pid) === holder.startTime;
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as LockHolder;
    return typeof value.pid === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
