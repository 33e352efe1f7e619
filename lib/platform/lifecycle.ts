import { logger } from "@/lib/platform/logger";

/**
 * Runs `stop` once, on SIGTERM or SIGINT or when the supervisor of this process has died, and then ends the process.
 * Without the supervisor this process would otherwise go on and occupy its ports.
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
  process.on("disconnect", () => end("the supervisor has died"));
}
