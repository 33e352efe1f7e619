import { createWriteStream } from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "@/lib/cli/failure";
import { isInteractive, tell, type Terminal } from "@/lib/cli/terminal/terminal";

const TELL_EVERY_BYTES = 16 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;
/** The log names people and addresses. */
const PRIVATE = 0o600;

/**
 * Writes what comes into a new file, tells a person how much has come, and returns the number of bytes. A file that is
 * not complete has the ending `.partial` and is removed. Throws when the file exists or cannot be written.
 */
export async function saveExport(
  terminal: Terminal,
  file: string,
  open: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<number> {
  if (await lstat(file).catch(() => undefined)) throw new Failure("usage", `${file} exists. Name a new file.`);
  const partial = `${file}.partial`;
  let bytes = 0;
  const source = await open();
  async function* count(): AsyncGenerator<Uint8Array, void, void> {
    for await (const part of source) {
      const before = Math.floor(bytes / TELL_EVERY_BYTES);
      bytes += part.length;
      if (isInteractive(terminal) && Math.floor(bytes / TELL_EVERY_BYTES) > before)
        tell(terminal, `${Math.floor(bytes / MEBIBYTE)} MiB`);
      yield part;
    }
  }
  try {
    await pipeline(Readable.from(count()), createWriteStream(partial, { flags: "w", mode: PRIVATE }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof Failure) throw error;
    throw new Failure("usage", `${file} cannot be written.`, { cause: error });
  }
  return bytes;
}
