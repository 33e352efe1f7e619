/** How long lines are counted before the count begins anew. Milliseconds. */
const COUNT_FOR_MS = 60_000;

/** The most lines in one minute. */
export interface LineBounds {
  /** Of one source. */
  perSource: number;
  /** Of all sources together. */
  total: number;
}

/** Of one source, enough to see what it does. Of all sources, less than a disk feels. */
const LINE_BOUNDS: LineBounds = { perSource: 30, total: 600 };

type WriteLine = (facts: object, message: string) => void;

/** Runs `work` once after a time. */
export type Later = (work: () => void, ms: number) => void;

/** Runs `work` by a timer that keeps no process alive. */
export const laterByTimer: Later = (work, ms) => void setTimeout(work, ms).unref();

/**
 * A log for what a stranger can cause as often as the stranger likes. Each source, such as a client network, gets a
 * bounded number of lines a minute. One more line a minute tells how many lines were left out, and of how many sources.
 */
export function boundLog(
  write: WriteLine,
  bounds: LineBounds = LINE_BOUNDS,
  later: Later = laterByTimer,
): (source: string, facts: object, message: string) => void {
  const counts = new Map<string, number>();
  const silenced = new Set<string>();
  let written = 0;
  let leftOut = 0;
  const startAnew = () => {
    if (leftOut > 0) write({ leftOut, sources: silenced.size }, "lines were left out of the log");
    counts.clear();
    silenced.clear();
    written = 0;
    leftOut = 0;
  };
  return (source, facts, message) => {
    if (counts.size === 0) later(startAnew, COUNT_FOR_MS);
    const count = (counts.get(source) ?? 0) + 1;
    counts.set(source, count);
    if (count <= bounds.perSource && written < bounds.total) {
      written += 1;
      return write(facts, message);
    }
    leftOut += 1;
    silenced.add(source);
  };
}
