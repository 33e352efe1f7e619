import { getEventListeners } from "node:events";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { CallContext, Provider } from "@/lib/providers/provider";

const gateway = { name: "gateway 1", endpoint: "http://127.0.0.1:1" };

/** A driver of which only the probe is looked at. */
function guardProbe(probe: Provider["probe"]): (context: CallContext) => Promise<unknown> {
  const guarded = guard(
    { probe, gateways: () => [gateway] } as unknown as Provider,
    "north",
    pino({ level: "silent" }),
  );
  return (context) => guarded.probe(gateway, "LK", undefined as never, context);
}
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

test("a call that is over is let go of", async () => {
  const caller = new AbortController();
  let told: AbortSignal | undefined;
  await guardProbe((_gateway, _id, _secret, { signal }) => {
    told = signal;
    return Promise.resolve("accepted");
  })({ signal: caller.signal, requestId: "one" });
  expect(listenersOf(caller.signal)).toBe(0);
  caller.abort();
  expect(told?.aborted).toBe(false);
});

test("what a call that failed has still running is ended", async () => {
  let told: AbortSignal | undefined;
  const call = guardProbe((_gateway, _id, _secret, { signal }) => {
    told = signal;
    return Promise.reject(new Error("no"));
  });
  const { signal } = new AbortController();
  await expect(call({ signal, requestId: "four" })).rejects.toMatchObject({ failure: "ambiguous" });
  expect(told?.aborted).toBe(true);
  expect(listenersOf(signal)).toBe(0);
});

test("a caller that gives up ends the call, which is told so, and nothing is known of what it did", async () => {
  const caller = new AbortController();
  let told: AbortSignal | undefined;
  const call = guardProbe((_gateway, _id, _secret, { signal }) => {
    told = signal;
    return new Promise(() => {});
  })({ signal: caller.signal, requestId: "two" });
  caller.abort();
  await expect(call).rejects.toMatchObject({ failure: "ambiguous", message: "no answer before the deadline" });
  expect(told?.aborted).toBe(true);
  expect(listenersOf(caller.signal)).toBe(0);
});

test("one that had given up before gets no answer", async () => {
  const call = guardProbe(() => new Promise(() => {}))({ signal: AbortSignal.abort(), requestId: "three" });
  await expect(call).rejects.toBeInstanceOf(ProviderError);
});
