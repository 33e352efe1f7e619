import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GATHER_MS, MANY, sendInBurst } from "@/lib/platform/bursts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Requests that are not answered until somebody says so; with the time at which each left. */
function openServer(name: string) {
  const begin = Date.now();
  const left: number[] = [];
  const answers: (() => void)[] = [];
  const send = () =>
    sendInBurst(name, () => {
      left.push(Date.now() - begin);
      return new Promise<void>((resolve) => answers.push(resolve));
    });
  return { left, answers, send };
}

test("few leave at once; while many are unanswered the next ones leave together", async () => {
  const { left, answers, send } = openServer("busy");
  const sent = Array.from({ length: MANY }, send);
  expect(left).toEqual(Array(MANY).fill(0));

  sent.push(send());
  await vi.advanceTimersByTimeAsync(4);
  sent.push(send());
  // Who comes while others are held back leaves with them, however few are unanswered by then.
  for (const answer of answers.splice(0)) answer();
  await vi.advanceTimersByTimeAsync(GATHER_MS - 5);
  sent.push(send());
  expect(left).toHaveLength(MANY);
  await vi.advanceTimersByTimeAsync(1);
  expect(left.slice(MANY)).toEqual([GATHER_MS, GATHER_MS, GATHER_MS]);

  for (const answer of answers.splice(0)) answer();
  await Promise.all(sent);
  const alone = send();
  expect(left.at(-1)).toBe(GATHER_MS);
  expect(left).toHaveLength(MANY + 4);
  for (const answer of answers) answer();
  await alone;
});

test("those that left together count as unanswered", async () => {
  const { left, answers, send } = openServer("gathers");
  const sent = Array.from({ length: MANY * 2 }, send);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(left).toHaveLength(MANY * 2);
  for (const answer of answers.splice(0, MANY)) answer();
  await Promise.all(sent.slice(0, MANY));
  sent.push(send());
  expect(left).toHaveLength(MANY * 2);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(left).toHaveLength(MANY * 2 + 1);
  for (const answer of answers) answer();
  await Promise.all(sent);
});

test("another server's requests are not held back", async () => {
  const busy = openServer("hangs");
  const hanging = Array.from({ length: MANY + 1 }, busy.send);
  const other = openServer("well");
  const sent = other.send();
  expect(other.left).toEqual([0]);
  other.answers[0]?.();
  await sent;
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  for (const answer of busy.answers) answer();
  await Promise.all(hanging);
});

test("one that fails is answered", async () => {
  const fail = () => sendInBurst("fails", () => Promise.reject(new Error("broken")));
  const failures = Promise.allSettled(Array.from({ length: MANY * 2 }, fail));
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect((await failures).map(({ status }) => status)).toEqual(Array(MANY * 2).fill("rejected"));
  const { left, answers, send } = openServer("fails");
  const next = send();
  expect(left).toEqual([0]);
  answers[0]?.();
  await next;
});
