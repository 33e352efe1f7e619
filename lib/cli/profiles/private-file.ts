import type { Stats } from "node:fs";
import { access, constants, lstat, mkdir, readFile, stat } from "node:fs/promises";
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
  return writeOwnFile(path, text, 0o600);
}

/** `writePrivateFile` with another mode. */
export async function writeOwnFile(path: string, text: string, mode: number): Promise<void> {
  await inspectFile(path);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    writeInOneStep(path, text, mode);
  } catch (error) {
    throw refuse(path, "cannot be written", error);
  }
}

/** A file of another program that this person owns. */
export interface OwnFile {
  /** Empty when there is no file. */
  text: string;
  /** Undefined when there is no file. */
  mode: number | undefined;
}

/**
 * Reads a file that others may be allowed to read, to write it next. Throws like `inspectFile`, and when the file is no
 * text, or it or its folder cannot be written.
 */
export async function readOwnFile(path: string): Promise<OwnFile> {
  await assertFolderWritable(path, dirname(path));
  const found = await inspectFile(path);
  if (!found) return { text: "", mode: undefined };
  // The mode counts for root too, whom `access` lets write everything.
  const writable = (found.mode & constants.S_IWUSR) !== 0 && (await isAllowed(path, constants.W_OK));
  if (!writable) throw refuse(path, "is not writable");
  const bytes = await readFile(path).catch((error: unknown) => {
    throw refuse(path, "cannot be read", error);
  });
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), mode: found.mode & 0o777 };
  } catch (error) {
    throw refuse(path, "is not text in UTF-8", error);
  }
}

/** The text of a file that is only read, through a link too. Empty when there is none. Throws when it cannot be read. */
export async function readAnyFile(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw refuse(path, "cannot be read", error);
  });
}

/** Looks at the folder of a file, or at the one in which the folder is made. */
async function assertFolderWritable(path: string, folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw refuse(path, `cannot be written: ${folder} cannot be read`, error);
  });
  if (!found && dirname(folder) !== folder) return assertFolderWritable(path, dirname(folder));
  if (!found?.isDirectory()) throw refuse(path, `cannot be written: ${folder} is not a folder`);
  if (!(await isAllowed(folder, constants.W_OK | constants.X_OK)))
    throw refuse(path, `cannot be written: the folder ${folder} is not writable`);
}

const isAllowed = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

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
