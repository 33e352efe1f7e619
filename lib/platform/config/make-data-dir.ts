import { mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** As root, others may enter the folder: PostgreSQL then runs as another user. Each secret in it has mode 0600. */
export const DATA_DIR_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/**
 * Makes the data folder, unless it exists, and checks that files can be written to it. The mode of an existing folder
 * stays. Throws an error that names the setting when the folder cannot be made or written to.
 */
export function makeDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
    rmdirSync(mkdtempSync(join(dataDir, "probe-")));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`LATCHKEY_DATA_DIR must be a folder that can be created and written to (${reason})`, {
      cause: error,
    });
  }
}

/** One level at a time: Node's own recursive form never returns for a folder below /proc. */
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
