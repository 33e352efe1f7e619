/**
 * Runs once when the web process starts: what the first change would otherwise have to wait for. It must not fail:
 * Next keeps the failure, and would answer every later request with it. Without a database now, the first change
 * connects.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { connectQueue } = await import("@/lib/jobs/queue");
  const { logger } = await import("@/lib/platform/logger");
  await connectQueue().catch((error: unknown) => logger.warn({ err: error }, "the queue cannot be reached yet"));
}
