import { mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Root's lets others pass through, as whom PostgreSQL runs; each secret in it is 0600. */
export const DATA_DIR_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/**
 * Makes the data folder, leaves alone the mode of one that is there, and sees that it can be written to. Throws,
 * naming the setting, when it cannot.
 */
export function makeDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
    rmdirSync(mkdtempSync(join(dataDir, "probe-")));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`LATCHKEY_DATA_DIR must be a folder that can be made and written to (${reason})`, { cause: error });
  }
}

/** Level by level: Node's own recursive form never ends in a folder that refuses children, such as /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: DATA_DIR_MODE });
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
