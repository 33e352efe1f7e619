import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { AppError } from "@/lib/platform/errors";

const READ_BYTES = 4 * 1024 * 1024;

/** One batch as one line: a checksum, a space, the records as a JSON list. */
export function encodeLine(records: readonly unknown[]): Buffer {
  const json = Buffer.from(JSON.stringify(records));
  const head = Buffer.from(`${checksum(json)} `, "latin1");
  return Buffer.concat([head, json, Buffer.from("\n")]);
}

function checksum(data: Buffer): string {
  return crc32(data).toString(16).padStart(8, "0");
}

/**
 * Reads a journal from its beginning and returns how many bytes of it are good. Only the last line may be damaged
 * (a batch is one line, and the next is written after the last was synced); damage before that is an error, because
 * going on would lose what was acknowledged.
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
