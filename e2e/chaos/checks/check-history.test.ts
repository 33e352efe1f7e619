import { afterAll, beforeAll, expect, test } from "vitest";
import { type SeenWrite, startTcpProxy } from "@/testing/proxies/tcp-proxy";
import type { Attempt } from "../history";
import { UNREADABLE } from "../world/backend";
import { checkHistory, checkLateWrites } from "./check-history";
import { checkKeys } from "./check-keys";
import {
  createAttempt,
  createBackend,
  createHistory,
  createLedger,
  createProgramAttempt,
  type ExampleGateway,
  kindsOf,
  SLOT,
  startExampleGateway,
} from "./example-run";
import type { LedgerKey, LedgerOperation } from "./ledger";

let gateway: ExampleGateway;
beforeAll(async () => {
  gateway = await startExampleGateway();
});
afterAll(() => gateway.close());

test("lost: a change whose acknowledgement was refused must not be committed", () => {
  const refused = createAttempt({ acknowledged: { begun: 3, ended: 4, answer: "refused" } });
  const check = (state: string, operation: string) =>
    kindsOf(checkHistory({ slots: [SLOT] }, createHistory(refused), createLedger({ state }, { state: operation })));
  expect(check("FAILED", "FAILED")).toEqual([]);
  expect(check("REVOKED", "DONE")).toEqual(["lost"]);
});

test("lost: a program's key counts from the reply on; without a reply it may count or not", async () => {
  const check = async (attempt: Attempt, key: Partial<LedgerKey>, operation: Partial<LedgerOperation> = {}) => {
    const history = createHistory(attempt);
    const ledger = createLedger(key, operation);
    const backend = createBackend(gateway, key.state === "ACTIVE" ? undefined : []);
    return kindsOf([
      ...checkHistory({ slots: [SLOT] }, history, ledger),
      ...(await checkKeys({ backends: [backend] }, history, ledger)),
    ]);
  };
  const active = { state: "ACTIVE" };
  const failed = { state: "FAILED" };
  const issued = createProgramAttempt();
  const unanswered = createProgramAttempt({ answer: "unknown" });
  const done = createProgramAttempt({ answer: "done" });
  gateway.status = 200;
  expect(await check(issued, active)).toEqual([]);
  expect(await check(unanswered, active)).toEqual([]);
  expect(await check(done, active)).toEqual([]);
  // The portal removes a browser's key that was delivered to nobody, and a key that nobody asked for is a defect.
  expect(await check({ ...unanswered, by: "browser" }, active)).toEqual(["lost", "lost"]);
  expect(await check(unanswered, active, { requestId: "other" })).toEqual(["lost", "lost"]);
  gateway.status = 403;
  expect(await check(issued, failed, failed)).toEqual(["lost", "lost"]);
  expect(await check(unanswered, failed, failed)).toEqual([]);
  expect(await check(done, failed, failed)).toEqual(["lost", "lost"]);
});

test("lost: the answer to one attempt of a request counts for all its attempts", () => {
  const check = (state: string, ...attempts: Attempt[]) => {
    const ledger = createLedger({ state });
    ledger.operations.push({ kind: "DISABLE", state: "DONE", requestId: "d", actorId: "a", accessKeyId: null });
    return kindsOf(checkHistory({ slots: [SLOT] }, createHistory(...attempts), ledger));
  };
  const answeredAgain = (attempts: Attempt[], begun: number): Attempt[] => {
    const repeated = createProgramAttempt({ begun, ended: begun + 1, answer: "already-done" });
    const history = createHistory(...attempts, repeated);
    history.noteDone(repeated);
    return history.attempts;
  };
  const disabled = createProgramAttempt({
    change: "disable",
    requestId: "d",
    begun: 60_000,
    ended: 60_001,
    answer: "done",
  });
  const early = createProgramAttempt({ begun: 0, ended: 10, answer: "unknown" });
  const issued = createProgramAttempt({ begun: 20, ended: 30, acknowledged: { begun: 20, ended: 30, answer: "ok" } });
  const late = createProgramAttempt({ begun: 90_000, ended: 90_001, answer: "unknown" });

  // The key that another attempt got is the same key. An answer that is lost afterwards changes nothing.
  for (const attempts of [
    [early, issued, disabled],
    [issued, disabled, late],
  ]) {
    expect(check("REVOKED", ...attempts)).toEqual([]);
    expect(check("ACTIVE", ...attempts)).toEqual(["lost"]);
  }
  // After "already done", the first attempt without an answer counts as the one that made the change.
  expect(check("REVOKED", ...answeredAgain([{ ...early }, disabled, { ...late }], 95_000))).toEqual([]);
  expect(check("ACTIVE", ...answeredAgain([disabled, { ...late }], 95_000))).toEqual([]);
  expect(check("REVOKED", ...answeredAgain([disabled, { ...late }], 95_000))).toEqual(["lost"]);
  expect(check("REVOKED", ...answeredAgain([issued, disabled, { ...late }], 95_000))).toEqual([]);
  // After "undelivered", the request has no key.
  const undelivered = createProgramAttempt({ begun: 20, ended: 30, answer: "undelivered" });
  expect(check("ACTIVE", early, undelivered)).toEqual(["lost"]);
});

test("late-write: a key that is created 2 s after its end, and a write whose key cannot be read", async () => {
  const proxy = await startTcpProxy(gateway.url);
  const check = (write: Partial<SeenWrite>) => {
    const writes = [{ at: 10_000, method: "POST", path: "/", accessKeyId: "K", ...write }];
    const backend = { ...createBackend(gateway), proxies: [{ name: "north admin", proxy: { ...proxy, writes } }] };
    return kindsOf(checkLateWrites({ backends: [backend] }, createLedger({ endedAt: new Date(10_000) })));
  };
  const inTime = [{}, { at: 11_999 }, { at: 99_000, accessKeyId: undefined }, { at: 99_000, accessKeyId: "another" }];
  for (const write of inTime) expect(check(write)).toEqual([]);
  expect(check({ at: 12_000 })).toEqual(["late-write"]);
  expect(check({ accessKeyId: UNREADABLE })).toEqual(["unchecked"]);
  await proxy.close();
});
