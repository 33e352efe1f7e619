import { expect, test } from "vitest";
import { boundLog } from "@/lib/platform/bounded-log";

function start(perSource: number, total: number) {
  const lines: [object, string][] = [];
  const waiting: (() => void)[] = [];
  const log = boundLog(
    (facts, message) => lines.push([facts, message]),
    { perSource, total },
    (work, ms) => {
      expect(ms).toBe(60_000);
      waiting.push(work);
    },
  );
  return { lines, log, passMinute: () => waiting.shift()?.(), timers: () => waiting.length };
}

test("each source gets its lines, and one line tells how many were left out", () => {
  const { lines, log, passMinute, timers } = start(2, 100);
  for (let count = 0; count < 400; count += 1) log("one", { count }, "refused");
  log("two", { count: 0 }, "refused");
  expect(lines).toEqual([
    [{ count: 0 }, "refused"],
    [{ count: 1 }, "refused"],
    [{ count: 0 }, "refused"],
  ]);
  expect(timers()).toBe(1);
  passMinute();
  expect(lines.at(-1)).toEqual([{ leftOut: 398, sources: 1 }, "lines were left out of the log"]);
  log("one", { count: 401 }, "refused");
  expect(lines.at(-1)).toEqual([{ count: 401 }, "refused"]);
  passMinute();
  expect([lines.length, timers()]).toEqual([5, 0]);
});

test("many sources together have a bound too", () => {
  const { lines, log, passMinute } = start(2, 10);
  for (let count = 0; count < 500; count += 1) log(`source ${count}`, {}, "refused");
  expect(lines).toHaveLength(10);
  passMinute();
  expect(lines.at(-1)).toEqual([{ leftOut: 490, sources: 490 }, "lines were left out of the log"]);
});
