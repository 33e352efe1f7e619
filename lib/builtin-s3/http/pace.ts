import type { IncomingMessage } from "node:http";
import { S3Error } from "../s3-error";

/** How slowly a client may send. */
interface Pace {
  /** The longest time without a byte. */
  idleMs: number;
  /** Added for every body, also a small one. */
  baseMs: number;
  bytesPerMs: number;
}

const FAIR: Pace = { idleMs: 30_000, baseMs: 60_000, bytesPerMs: 16 };

/**
 * Reads the pieces of a body. Throws S3Error when the client is too slow: 30 s without a byte, or less than 16 KB/s
 * over all. A caller that stops early leaves the connection open, so that an answer can still be sent.
 */
export async function* readAtPace(
  request: IncomingMessage,
  expectedBytes: number,
  pace = FAIR,
): AsyncGenerator<Buffer> {
  const deadline = Date.now() + pace.baseMs + expectedBytes / pace.bytesPerMs;
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  try {
    for (;;) {
      const next = await beforeTimeout(pieces.next(), Math.min(pace.idleMs, deadline - Date.now()));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Removes the iterator's listener, so that the rest of the body can be read and dropped. Not awaited: after a
    // timeout it would wait for a piece that may never come. Its error is the error that the reader has already.
    pieces.return?.().catch(() => undefined);
  }
}

async function beforeTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new S3Error("RequestTimeout")), Math.max(ms, 0));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
