import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "@/lib/platform/errors";

const READ_BYTES = 4 * 1024 * 1024;
const SNAPSHOT_BATCH = 512;

/** Encodes a batch as one line: a checksum, a space, the records as a JSON list. */
export function encodeLine(records: readonly unknown[]): Buffer {
  const json = Buffer.from(JSON.stringify(records));
  const head = Buffer.from(`${checksum(json)} `, "latin1");
  return Buffer.concat([head, json, Buffer.from("\n")]);
}

function checksum(data: Buffer): string {
  return crc32(data).toString(16).padStart(8, "0");
}

/**
 * Reads a journal from its beginning and returns the number of bytes that are good. A crash can damage only the last
 * line, because a line is written after the one before was synced. Throws for damage before the last line: records that
 * were acknowledged would be lost.
 */
export function readLines<R>(file: string, onBatch: (records: R[]) => void): number {
  const handle = openSync(file, "r");
  try {
    let good = 0;
    let rest: Buffer = Buffer.alloc(0);
    let damagedAt: number | undefined;
    for (;;) {
      const block = Buffer.allocUnsafe(READ_BYTES);
      const length = readSync(handle, block, 0, READ_BYTES, null);
      if (length === 0) break;
      rest = Buffer.concat([rest, block.subarray(0, length)]);
      let start = 0;
      for (let newline = rest.indexOf(0x0a); newline >= 0; newline = rest.indexOf(0x0a, start)) {
        if (damagedAt !== undefined) throw new AppError("INTERNAL", `${file} is damaged at byte ${damagedAt}`);
        const records = decodeLine<R>(rest.subarray(start, newline));
        if (records) {
          onBatch(records);
          good += newline + 1 - start;
        } else {
          damagedAt = good;
        }
        start = newline + 1;
      }
      rest = rest.subarray(start);
    }
    return good;
  } finally {
    closeSync(handle);
  }
}

function decodeLine<R>(line: Buffer): R[] | undefined {
  const json = line.subarray(9);
  if (line.length < 11 || line.toString("latin1", 0, 8) !== checksum(json)) return undefined;
  return JSON.parse(json.toString("utf8")) as R[];
}

/** Writes records as a new journal under a temporary name, syncs it, and renames it. */
export async function writeSnapshot(
  file: string,
  records: Iterable<unknown>,
): Promise<{ file: FileHandle; bytes: number; records: number }> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, "w", 0o600);
  let bytes = 0;
  let count = 0;
  let batch: unknown[] = [];
  const flush = async () => {
    const line = encodeLine(batch);
    await writeAll(handle, line, bytes);
    bytes += line.length;
    count += batch.length;
    batch = [];
  };
  for (const record of records) {
    batch.push(record);
    if (batch.length >= SNAPSHOT_BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  await handle.sync();
  await rename(temporary, file);
  await syncFolder(path.dirname(file));
  return { file: handle, bytes, records: count };
}

/** Writes all bytes at a position of a file. */
export async function writeAll(file: FileHandle, data: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < data.length) {
    const result = await file.write(data, written, data.length - written, position + written);
    written += result.bytesWritten;
  }
}

/** Makes creations and renames in a folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
