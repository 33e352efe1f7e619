import type { IncomingMessage } from "node:http";
import { S3Error } from "../s3-error";

/** How slow a client may send. */
interface Pace {
  /** Longest time without a byte. */
  idleMs: number;
  /** For any body, however small. */
  baseMs: number;
  bytesPerMs: number;
}

const FAIR: Pace = { idleMs: 30_000, baseMs: 60_000, bytesPerMs: 16 };

/**
 * The pieces of a body, for as long as they come at a fair pace: never 30 s without one, and 16 KB/s over all.
 * Leaving the iteration early leaves the connection open, so that an answer can still be sent.
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
    // Takes the iterator's listener off, so that what is left of the body can be drained. Not awaited: after a
    // timeout it waits for a piece that may never come. What it rejects with is the reader's error, known already.
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
