import { type Later, laterByTimer } from "@/lib/platform/bounded-log";

/** How long refused polls are counted before the log gets their numbers. Milliseconds. */
const COUNT_FOR_MS = 60_000;

/** How often polls of one caller were refused with one code since the last report. */
export interface RefusedPolls {
  /** The user's id, or `nobody` for a caller who is signed out. */
  who: string;
  code: string;
  count: number;
}

/**
 * Counts refused polls. A tab that nobody closed polls every few seconds, so a line for each poll would fill the log.
 * Every caller and code gets one report a minute, with the number.
 */
export function countRefusedPolls(
  report: (refused: RefusedPolls) => void,
  later: Later = laterByTimer,
): (who: string, code: string) => void {
  const counted = new Map<string, RefusedPolls>();
  return (who, code) => {
    if (counted.size === 0)
      later(() => {
        for (const refused of counted.values()) report(refused);
        counted.clear();
      }, COUNT_FOR_MS);
    const key = `${who} ${code}`;
    const refused = counted.get(key) ?? { who, code, count: 0 };
    counted.set(key, { ...refused, count: refused.count + 1 });
  };
}
