import { logger } from "@/lib/platform/logger";

/** Does a short round of work now and again, a while after each has ended, until stopped. A failed one is logged. */
export function keepLooking(work: () => Promise<void>, pauseMs: number): { stop: () => void } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = () => {
    work()
      .catch((error: unknown) => logger.warn({ err: error }, "a round failed"))
      .finally(() => {
        if (!stopped) timer = setTimeout(round, pauseMs);
      });
  };
  round();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
