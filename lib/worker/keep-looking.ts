import { logger } from "@/lib/platform/logger";

/** Repeats a short round of work until stopped, with a pause after each round. A failed round is logged. */
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
