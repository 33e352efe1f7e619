import { afterAll, beforeAll, expect, test } from "vitest";
import { checkKeys, checkOrphans, checkSettled, checkSuspensions } from "./check-keys";
import {
  createAttempt,
  createBackend,
  createHistory,
  createLedger,
  type ExampleGateway,
  KEY,
  kindsOf,
  startExampleGateway,
} from "./example-run";
import type { LedgerKey } from "./ledger";
import type { Violation } from "./violation";
import { isRefusedEverywhere } from "./watch-revoked-keys";

let gateway: ExampleGateway;
beforeAll(async () => {
  gateway = await startExampleGateway();
});
afterAll(() => gateway.close());

async function checkKey(state: string, status: number, backend = createBackend(gateway)) {
  gateway.status = status;
  return kindsOf(await checkKeys({ backends: [backend] }, createHistory(createAttempt()), createLedger({ state })));
}

test("still-accepted: a gateway that gives no answer has not refused a revoked key", async () => {
  expect(await checkKey("REVOKED", 403)).toEqual([]);
  for (const status of [200, 503]) expect(await checkKey("REVOKED", status)).toEqual(["still-accepted"]);
});

test("still-accepted: during the faults, a gateway without an answer is asked again later", async () => {
  const check = async (status: number) => {
    gateway.status = status;
    const violations: Violation[] = [];
    const refused = await isRefusedEverywhere(createBackend(gateway), KEY, violations);
    return { refused, found: kindsOf(violations) };
  };
  expect(await check(403)).toEqual({ refused: true, found: [] });
  expect(await check(503)).toEqual({ refused: false, found: [] });
  expect(await check(200)).toEqual({ refused: false, found: ["still-accepted"] });
});

test("broken: an active key must be accepted, and its region must list it under its principal", async () => {
  expect(await checkKey("ACTIVE", 200)).toEqual([]);
  expect(await checkKey("ACTIVE", 200, createBackend(gateway, []))).toEqual(["broken"]);
  const otherPrincipal = createBackend(gateway, [{ accessKeyId: "K", principal: "lk-other" }]);
  expect(await checkKey("ACTIVE", 200, otherPrincipal)).toEqual(["broken"]);
  expect(await checkKey("ACTIVE", 403)).toEqual(["broken"]);
});

test.each(["INACTIVE", "EXPIRED"])(
  "still-accepted: a key that is %s must be refused, and stay listed",
  async (state) => {
    expect(await checkKey(state, 403)).toEqual([]);
    expect(await checkKey(state, 200)).toEqual(["still-accepted"]);
    expect(await checkKey(state, 403, createBackend(gateway, []))).toEqual(["broken"]);
  },
);

test("unsettled: a date that passes soon", () => {
  const inAMinute = new Date(Date.now() + 60_000);
  const kinds = (key: Partial<LedgerKey>) => kindsOf(checkSettled(createLedger(key)));
  expect(kinds({ expiresAt: inAMinute })).toEqual(["unsettled"]);
  expect(kinds({ expiresAt: new Date(Date.now() + 86_000_000) })).toEqual([]);
  expect(kinds({ state: "EXPIRED", expiresAt: inAMinute })).toEqual([]);
});

test("orphan: the portal must know a listed key in that region, under that principal, as live", async () => {
  const check = async (key: Partial<LedgerKey>) =>
    kindsOf(await checkOrphans([createBackend(gateway)], createLedger(key)));
  expect(await check({})).toEqual([]);
  for (const key of [{ accessKeyId: "L" }, { region: "south" }, { principal: "lk-other" }, { state: "REVOKED" }])
    expect(await check(key)).toEqual(["orphan"]);
});

test("suspended: a suspension on a storage system is in the database too, and none is left at the end", async () => {
  const suspension = { principal: "lk-p", region: "north", until: new Date() };
  const backend = { ...createBackend(gateway), listSuspended: async () => ["lk-p"] };
  const check = async (more: Partial<typeof suspension>) =>
    kindsOf(await checkSuspensions([backend], { ...createLedger(), suspensions: [{ ...suspension, ...more }] }));
  expect(await check({})).toEqual([]);
  for (const more of [{ principal: "lk-other" }, { region: "south" }]) expect(await check(more)).toEqual(["suspended"]);
  expect(await checkSuspensions([createBackend(gateway)], createLedger())).toEqual([]);
  expect(kindsOf(checkSettled({ ...createLedger(), suspensions: [suspension] }))).toEqual(["unsettled"]);
});

test("unsettled: every open key and every open operation", () => {
  expect(checkSettled(createLedger())).toEqual([]);
  for (const state of ["CREATING", "ISSUED", "REVOKING"])
    expect(kindsOf(checkSettled(createLedger({ state })))).toEqual(["unsettled"]);
  for (const state of ["PENDING", "DELIVERING", "UNDOING"])
    expect(kindsOf(checkSettled(createLedger({}, { state })))).toEqual(["unsettled"]);
});
