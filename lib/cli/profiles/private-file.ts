import type { Stats } from "node:fs";
import { lstat, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "@/lib/cli/failure";
import { writePrivateFile as writeInOneStep } from "@/lib/platform/config/write-private-file";

const BYTES_MAX = 1024 * 1024;
/** What a group or others may do. */
const NOT_PRIVATE = 0o077;

/**
 * The text of a file that holds secrets, or undefined when there is no such file. Throws when the file is a link, is no
 * file, belongs to another person, is readable by others, or is larger than 1 MiB.
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const found = await inspectFile(path);
  if (!found) return undefined;
  if (process.platform !== "win32" && (found.mode & NOT_PRIVATE) !== 0)
    throw refuse(path, `can be read by others. Run chmod 600 ${path} first`);
  return readFile(path, "utf8").catch((error: unknown) => {
    throw refuse(path, "cannot be read", error);
  });
}

/**
 * Replaces a file in one step: a reader sees the old text or the new one. The file gets the mode 0600, its folder 0700
 * when it is new. Throws like `readPrivateFile`, and when it cannot be written; nothing is changed then.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await inspectFile(path);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    writeInOneStep(path, text);
  } catch (error) {
    throw refuse(path, "cannot be written", error);
  }
}

/**
 * Looks at a file that is read or replaced next. Undefined when there is none. Throws when it is a link, is no file,
 * belongs to another person, or is larger than 1 MiB.
 */
export async function inspectFile(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw refuse(path, "cannot be read", error);
  });
  if (!found) return undefined;
  if (found.isSymbolicLink()) throw refuse(path, "is a link");
  if (!found.isFile()) throw refuse(path, "is not a file");
  if (process.getuid && found.uid !== process.getuid()) throw refuse(path, "belongs to another person");
  if (found.size > BYTES_MAX) throw refuse(path, "is larger than 1 MiB");
  return found;
}

function refuse(path: string, why: string, cause?: unknown): Failure {
  return new Failure("usage", `${path} ${why}. Nothing was changed.`, { cause });
}
