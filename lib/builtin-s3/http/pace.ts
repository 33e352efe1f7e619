import type { IncomingMessage } from "node:http";
import { S3Error } from "../s3-error";

const IDLE_MS = 30_000;
const BASE_MS = 60_000;
const SLOWEST_BYTES_PER_MS = 16;

/**
 * The pieces of a body, for as long as they come at a fair pace: never 30 s without one, and 16 KB/s over all.
 * Leaving the iteration early leaves the connection open, so that an answer can still be sent.
 */
export async function* readAtPace(request: IncomingMessage, expectedBytes: number): AsyncGenerator<Buffer> {
  const deadline = Date.now() + BASE_MS + expectedBytes / SLOWEST_BYTES_PER_MS;
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (;;) {
    const next = await beforeTimeout(pieces.next(), Math.min(IDLE_MS, deadline - Date.now()));
    if (next.done) return;
    yield next.value;
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
