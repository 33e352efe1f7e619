import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AppError } from "@/lib/platform/errors";
import { type DeclaredRegion, parseRegionsFile } from "@/lib/regions/file/parse-regions-file";

/** Enough for hundreds of regions. Bytes. */
const SIZE_MAX = 256 * 1024;
/** The mode bits that give a file to its group and to others. */
const BY_OTHERS = 0o077;

export interface RegionsFile {
  /** The file's name without folders. Messages begin with this name. */
  name: string;
  regions: DeclaredRegion[];
}

/**
 * Reads and checks a regions file without a request to a storage system. A relative path starts at the folder in which
 * npm was called. A file may have at most 256 KB. Throws BAD_INPUT; the message has a line for each problem.
 */
export function readRegionsFile(
  given: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RegionsFile {
  const path = resolve(process.env.INIT_CWD ?? ".", given);
  const name = basename(path);
  const { text, isPrivate } = readBounded(path);
  const parsed = parseRegionsFile(text, environment, isPrivate);
  if (parsed.ok) return { name, regions: parsed.regions };
  throw refuse(parsed.problems.map(({ line, text: problem }) => `${name}:${line}: ${problem}`).join("\n"));
}

function readBounded(path: string): { text: string; isPrivate: boolean } {
  const file = open(path);
  try {
    // The mode of the open file: by now, the path may lead to another file.
    const { mode } = fstatSync(file);
    const bytes = Buffer.alloc(SIZE_MAX + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > SIZE_MAX) throw refuse(`${path} is longer than ${SIZE_MAX / 1024} KB`);
    return { text: decode(bytes.subarray(0, length), path), isPrivate: (mode & BY_OTHERS) === 0 };
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    const file = openSync(path, "r");
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw refuse(`LATCHKEY_REGIONS: ${path} ${code === "ENOENT" ? "does not exist" : `cannot be read (${code})`}`);
  }
  throw refuse(`LATCHKEY_REGIONS: ${path} is not a file`);
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse(`${path} is not UTF-8 text`);
  }
}

function refuse(problem: string): AppError {
  return new AppError("BAD_INPUT", problem, { userMessage: problem });
}
