import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AppError } from "@/lib/platform/errors";
import { type DeclaredRegion, parseRegionsFile } from "@/lib/regions/file/parse-regions-file";

/** Hundreds of regions fit. Bytes. */
const SIZE_MAX = 256 * 1024;
/** What group and others may do with a file. */
const BY_OTHERS = 0o077;

export interface RegionsFile {
  /** Its name without folders, as messages begin. */
  name: string;
  regions: DeclaredRegion[];
}

/**
 * Reads and checks a regions file without asking any storage system. A relative path is one from where npm was called.
 * Throws BAD_INPUT with a line for each problem.
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
    // Asked of the open file: another may stand under the name by now.
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
    throw refuse(`LATCHKEY_REGIONS: ${path} ${code === "ENOENT" ? "is not there" : `cannot be read (${code})`}`);
  }
  throw refuse(`LATCHKEY_REGIONS: ${path} is no file`);
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse(`${path} is no text in UTF-8`);
  }
}

function refuse(problem: string): AppError {
  return new AppError("BAD_INPUT", problem, { userMessage: problem });
}
