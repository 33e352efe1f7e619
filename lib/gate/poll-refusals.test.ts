import { expect, test } from "vitest";
import { countRefusedPolls, type RefusedPolls } from "@/lib/gate/poll-refusals";

test("refused polls are reported once a minute, with their number", () => {
  const reported: RefusedPolls[] = [];
  const waiting: (() => void)[] = [];
  const count = countRefusedPolls(
    (refused) => reported.push(refused),
    (work, ms) => {
      expect(ms).toBe(60_000);
      waiting.push(work);
    },
  );
  for (let poll = 0; poll < 40; poll += 1) count("mia", "NOT_FOUND");
  count("nobody", "UNAUTHENTICATED");
  expect([reported.length, waiting.length]).toEqual([0, 1]);
  waiting.shift()?.();
  expect(reported).toEqual([
    { who: "mia", code: "NOT_FOUND", count: 40 },
    { who: "nobody", code: "UNAUTHENTICATED", count: 1 },
  ]);
  count("mia", "NOT_FOUND");
  waiting.shift()?.();
  expect(reported.at(-1)).toEqual({ who: "mia", code: "NOT_FOUND", count: 1 });
  expect([reported.length, waiting.length]).toEqual([3, 0]);
});
