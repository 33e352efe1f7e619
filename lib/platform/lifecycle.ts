import { logger } from "@/lib/platform/logger";

/**
 * Runs `stop` once when this process is told to end (SIGTERM, SIGINT) or when the supervisor that started it is
 * gone, and then ends the process. A child must not outlive its supervisor: it would hold the ports.
 */
export function onStop(stop: () => Promise<void>): void {
  let stopping = false;
  const end = (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, "stopping");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => end("SIGINT"));
  process.on("disconnect", () => end("the supervisor is gone"));
}
