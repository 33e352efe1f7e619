import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAnswer } from "./check-answer";
import {
  createAttempt,
  createBackend,
  createHistory,
  type ExampleGateway,
  kindsOf,
  startExampleGateway,
} from "./example-run";
import type { Violation } from "./violation";

let gateway: ExampleGateway;
beforeAll(async () => {
  gateway = await startExampleGateway();
});
afterAll(() => gateway.close());

test("wrong-answer: after 'your current keys still work' the current key must work", async () => {
  const refusal = createAttempt({
    change: "regenerate",
    begun: 100_000,
    ended: 100_001,
    answer: "storage-failed",
    message: "Nobody answers. Your current keys still work.",
  });
  delete refusal.key;
  delete refusal.acknowledged;
  const check = async (status: number) => {
    gateway.status = status;
    const violations: Violation[] = [];
    const verified = { issued: 0, stillWork: 0 };
    const history = createHistory(createAttempt(), refusal);
    await checkAnswer({ backends: [createBackend(gateway)] }, history, { violations, verified }, refusal);
    return { found: kindsOf(violations), verified };
  };
  expect(await check(200)).toEqual({ found: [], verified: { issued: 0, stillWork: 1 } });
  expect(await check(403)).toEqual({ found: ["wrong-answer"], verified: { issued: 0, stillWork: 1 } });
  expect(await check(503)).toEqual({ found: [], verified: { issued: 0, stillWork: 0 } });
});
