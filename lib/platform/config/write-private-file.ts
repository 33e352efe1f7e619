import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { randomUUID } from "node:crypto";

/** What only the owner may do: read and write. */
const PRIVATE = 0o600;

/**
 * Writes a file that only its owner may read, or that has another mode. After a crash the file is either the old one or
 * the complete new one. Throws when it cannot be written, and leaves no copy of the text then.
 */
export function writePrivateFile(path: string, text: string, mode: number = PRIVATE): void {
  const draft = `${path}.${randomUUID()}`;
  const file = openSync(draft, "wx", PRIVATE);
  try {
    writeDraft(file, text, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

function writeDraft(file: number, text: string, mode: number): void {
  try {
    // Unlike writeSync, it writes the rest too when a disk takes only a part at once.
    writeFileSync(file, text);
    if (mode !== PRIVATE) fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames and removals in a folder survive a power failure. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
