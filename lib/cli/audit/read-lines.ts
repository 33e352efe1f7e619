import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Failure } from "@/lib/cli/failure";

export interface Line {
  /** 1 for the first line. */
  number: number;
  /** Without its line feed. Undefined when the bytes are no UTF-8. */
  text: string | undefined;
  /** Whether a line feed ends it. Only the last line may have none. */
  ended: boolean;
  /** The SHA-256 of all bytes before this line, in hexadecimal. */
  digestBefore: () => string;
}

const LINE_FEED = 10;
/** No line that the portal writes is nearly as long. */
const LINE_MAX = 16 * 1024 * 1024;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The lines of a file, byte for byte, without keeping the file in memory. Throws when the file cannot be read. */
export async function* readLines(path: string): AsyncGenerator<Line, void, void> {
  const digest = createHash("sha256");
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = bytes.indexOf(LINE_FEED, rest.length); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
        number += 1;
        yield composeLine(number, bytes.subarray(from, end), true, digest);
        digest.update(bytes.subarray(from, end + 1));
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > LINE_MAX) throw new Failure("usage", `${path} is no export of the audit log.`);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("usage", `${path} cannot be read.`, { cause: error });
  }
  if (rest.length > 0) yield composeLine(number + 1, rest, false, digest);
}

function composeLine(number: number, bytes: Buffer, ended: boolean, digest: Hash): Line {
  // A copy, since the digest goes on.
  return { number, text: decode(bytes), ended, digestBefore: () => digest.copy().digest("hex") };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
