import { expect, test } from "vitest";
import {
  type Acknowledgement,
  confirmDelivery,
  OUTCOME_UNKNOWN,
  UNCONFIRMED,
} from "@/components/access-keys/issue/confirm-delivery";
import type { Reply } from "@/components/ui/call-action";

const confirmed: Reply<Acknowledgement> = { kind: "data", data: { ok: true } };
const lost: Reply<Acknowledgement> = { kind: "lost" };
const refused = (code: string, retryAfterSeconds?: number): Reply<Acknowledgement> => ({
  kind: "refused",
  code,
  message: "No.",
  retryAfterSeconds,
});

/** Confirms against these replies, the last one repeated, on a clock that only `sleep` moves. */
async function run(replies: Reply<Acknowledgement>[]) {
  let time = 0;
  let calls = 0;
  const result = await confirmDelivery(async () => replies[Math.min(calls++, replies.length - 1)] ?? lost, {
    now: () => time,
    sleep: async (ms) => void (time += ms),
  });
  return { result, calls, time };
}

test("an answer ends the attempts", async () => {
  expect(await run([confirmed])).toEqual({ result: { ok: true }, calls: 1, time: 0 });
});

test("lost replies and temporary failures are tried again", async () => {
  const { result, calls } = await run([lost, refused("INTERNAL"), refused("RATE_LIMITED", 2), confirmed]);
  expect(result).toEqual({ ok: true });
  expect(calls).toBe(4);
});

test("the pause that the server asks for is kept", async () => {
  expect((await run([refused("RATE_LIMITED", 7), confirmed])).time).toBe(7_000);
});

test("a permanent refusal is shown after one attempt", async () => {
  expect(await run([refused("NOT_FOUND")])).toMatchObject({ result: { ok: false, message: "No." }, calls: 1 });
});

test("a key that the server removed is not shown", async () => {
  const undelivered: Reply<Acknowledgement> = { kind: "data", data: { ok: false, message: "Too late." } };
  expect((await run([lost, undelivered])).result).toEqual({ ok: false, message: "Too late." });
});

test.each([
  ["whose answers are lost", [lost], OUTCOME_UNKNOWN],
  ["of which one failed in the middle", [refused("UNAVAILABLE"), refused("RATE_LIMITED")], OUTCOME_UNKNOWN],
  ["that are all refused", [refused("RATE_LIMITED")], UNCONFIRMED],
])("attempts %s end before the server's own limit", async (_case, replies, message) => {
  const { result, time } = await run(replies);
  expect(result).toEqual({ ok: false, message });
  expect(time).toBeGreaterThan(40_000);
  expect(time).toBeLessThanOrEqual(50_000);
});
