import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** As root, others may enter the folder: PostgreSQL then runs as another user. Each secret in it has mode 0600. */
export const DATA_DIR_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/**
 * Makes the data folder, unless it exists, and checks that files can be written to it. The mode of an existing folder
 * stays. Throws an error that names the setting when the folder cannot be made or written to.
 */
export function makeDataDir(dataDir: string): void {
  makeWritable(dataDir, "LATCHKEY_DATA_DIR");
}

/**
 * Checks that files can be written to the folders of the built-in S3 server, if they exist. They may be other file
 * systems than the data folder. Throws an error that names the folder.
 */
export function checkStorageDir(dataDir: string): void {
  const folder = join(dataDir, "s3");
  if (!existsSync(folder)) return;
  makeWritable(folder, `${folder}, where the built-in S3 server keeps everything,`);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(folder, entry.name), `${join(folder, entry.name)}, a region's folder,`);
}

function makeWritable(folder: string, name: string): void {
  try {
    makeFolder(folder);
    rmdirSync(mkdtempSync(join(folder, "probe-")));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} must be a folder that can be created and written to (${reason})`, { cause: error });
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
