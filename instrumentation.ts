/** Runs once when the web process starts: what the first change would otherwise have to wait for. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { connectQueue } = await import("@/lib/jobs/queue");
  await connectQueue();
}
