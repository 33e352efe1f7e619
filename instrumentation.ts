import type { Instrumentation } from "next";

let noteFailure: ((requestId: string, thrown: unknown) => void) | undefined;
let requestIdHeader = "";

/**
 * Runs once when the web process starts: what the first change would otherwise have to wait for. It must not fail:
 * Next keeps the failure, and would answer every later request with it. Without a database now, the first change
 * connects.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { connectQueue } = await import("@/lib/jobs/queue");
  ({ noteFailure } = await import("@/lib/platform/db/failed-requests"));
  ({ REQUEST_ID_HEADER: requestIdHeader } = await import("@/lib/platform/net/request-id-header"));
  const { logger } = await import("@/lib/platform/logger");
  await connectQueue().catch((error: unknown) => logger.warn({ err: error }, "the queue cannot be reached yet"));
}

/**
 * Next calls this for each error of a page or a route, before it answers. The web server answers 503 when the database
 * was the reason. Nothing may be awaited here: the answer does not wait.
 */
export const onRequestError: Instrumentation.onRequestError = (thrown, { headers }) =>
  noteFailure?.(String(headers[requestIdHeader]), thrown);
