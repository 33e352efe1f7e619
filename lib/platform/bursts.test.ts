import { afterAll, beforeAll, expect, test } from "vitest";
import { MANY, sendInBurst } from "@/lib/platform/bursts";

/** Requests that are sent and not answered until somebody says so; with the turn of the event loop in which they left. */
function openServer(name: string) {
  const left: number[] = [];
  const answers: (() => void)[] = [];
  const send = () =>
    sendInBurst(name, () => {
      left.push(turn);
      return new Promise<void>((resolve) => answers.push(resolve));
    });
  return { left, answers, send };
}

let turn = 0;
let counting: NodeJS.Immediate | undefined;
const count = () => {
  turn += 1;
  counting = setImmediate(count);
};
beforeAll(count);
afterAll(() => clearImmediate(counting));

test("few leave at once; while many are unanswered the next ones leave together", async () => {
  const { left, answers, send } = openServer("busy");
  const first = Array.from({ length: MANY }, send);
  expect(left).toHaveLength(MANY);

  const held = [send(), send(), send()];
  expect(left).toHaveLength(MANY);
  await expect.poll(() => left.length).toBe(MANY + held.length);
  expect(new Set(left.slice(MANY)).size).toBe(1);

  for (const answer of answers) answer();
  await Promise.all([...first, ...held]);
  const alone = send();
  expect(left).toHaveLength(MANY + held.length + 1);
  answers.at(-1)?.();
  await alone;
});

test("another server's requests are not held back, and one that fails is answered", async () => {
  const busy = openServer("hangs");
  const hanging = Array.from({ length: MANY }, busy.send);
  const other = openServer("well");
  const sent = other.send();
  expect(other.left).toHaveLength(1);
  other.answers[0]?.();
  await sent;

  const fail = () => sendInBurst("fails", () => Promise.reject(new Error("broken")));
  const failures = await Promise.allSettled(Array.from({ length: MANY * 2 }, fail));
  expect(failures.map(({ status }) => status)).toEqual(Array(MANY * 2).fill("rejected"));
  let isSent = false;
  const next = sendInBurst("fails", async () => {
    isSent = true;
  });
  expect(isSent).toBe(true);
  for (const answer of busy.answers) answer();
  await Promise.all([next, ...hanging]);
});
