import { describe, expect, test } from "vitest";
import {
  chooseKeyName,
  decideDisable,
  decideEndOfOne,
  decideMeantKey,
  decideIssue,
  deriveCardState,
  describeRefusal,
  KEY_EVENTS,
  KEY_STATES,
  type KeyEvent,
  type KeyState,
  moveKeyState,
  statesThatAllow,
} from "@/lib/access-keys/rules";
import { REFUSALS } from "@/lib/access-keys/schema";

// One line a state, one word an event, in the order of KEY_EVENTS; "-" is a refusal.
const TABLE: Record<KeyState, string> = {
  //         issue  acknowledge undo deactivate activate revive expire retire revoke prove
  CREATING: "ISSUED - FAILED - - - - - REVOKING -",
  ISSUED: "- ACTIVE FAILED - - - - - REVOKING -",
  ACTIVE: "- - - INACTIVE - - EXPIRED RETIRING REVOKING -",
  INACTIVE: "- - - - ACTIVE - EXPIRED - REVOKING -",
  RETIRING: "- - - - - - - - REVOKING -",
  REVOKING: "- - - - - - - - - REVOKED",
  EXPIRED: "- - - - - ACTIVE - - REVOKING -",
  REVOKED: "- - - - - - - - - -",
  FAILED: "- - - - - - - - - -",
};

const cells = KEY_STATES.flatMap((state) =>
  TABLE[state].split(" ").map((to, index): [KeyState, KeyEvent, string] => [state, KEY_EVENTS[index] as KeyEvent, to]),
);

test("the table has a cell for every state and event", () => {
  expect(cells).toHaveLength(KEY_STATES.length * KEY_EVENTS.length);
});

test.each(cells)("%s on %s gives %s", (state, event, to) => {
  expect(moveKeyState(state, event) ?? "-").toBe(to);
});

test("a key that has ended never moves again", () => {
  for (const event of KEY_EVENTS) {
    expect(statesThatAllow(event)).not.toContain("REVOKED");
    expect(statesThatAllow(event)).not.toContain("FAILED");
  }
});

test.each<[KeyState[], string]>([
  [[], "NOT CONFIGURED"],
  [["FAILED"], "NOT CONFIGURED"],
  [["CREATING"], "ENABLING"],
  [["REVOKED", "ISSUED"], "ENABLING"],
  [["ACTIVE", "CREATING"], "ACTIVE"],
  [["ACTIVE", "REVOKING"], "ACTIVE"],
  [["INACTIVE", "REVOKED"], "INACTIVE"],
  [["EXPIRED", "REVOKED"], "EXPIRED"],
  [["REVOKING", "REVOKED"], "REVOKING"],
  [["REVOKED", "FAILED"], "DISABLED"],
])("keys %j show as %s", (states, shown) => {
  expect(deriveCardState(states, { pastDate: false, expired: false })).toBe(shown);
});

test("a slot whose last key ended by its date shows as expired until it is enabled again", () => {
  const end = { pastDate: false, expired: true };
  expect(deriveCardState(["REVOKED", "REVOKED"], end)).toBe("EXPIRED");
  expect(deriveCardState(["REVOKING"], end)).toBe("REVOKING");
  expect(deriveCardState(["REVOKED", "CREATING"], end)).toBe("ENABLING");
  expect(deriveCardState(["REVOKED", "ACTIVE"], end)).toBe("ACTIVE");
});

test("a key past its date shows as expired where the storage system refuses it by itself", () => {
  expect(deriveCardState(["ACTIVE"], { pastDate: true, expired: false })).toBe("EXPIRED");
});

describe("deciding", () => {
  const now = new Date("2026-01-01T12:00:00Z");
  const slot = (...states: KeyState[]) => ({
    states,
    closure: undefined,
    suspendedUntil: null,
    removalOpen: false,
    expiresAt: null,
    overlapImpossible: false,
    accessImpossible: false,
    name: undefined,
    names: [],
    namesMax: 2,
  });

  test.each([
    ["ENABLE", slot(), undefined],
    ["ENABLE", slot("REVOKING", "REVOKED", "FAILED"), undefined],
    ["ENABLE", slot("ACTIVE"), "already-enabled"],
    ["ENABLE", slot("INACTIVE"), "already-enabled"],
    ["ENABLE", slot("CREATING"), "busy"],
    ["ENABLE", { ...slot(), closure: "region-disabled" }, "region-disabled"],
    ["ENABLE", { ...slot(), closure: "region-closed" }, "region-closed"],
    ["REGENERATE", { ...slot("ACTIVE"), closure: "region-closed" }, "region-closed"],
    ["ENABLE", { ...slot("REVOKING"), suspendedUntil: new Date("2026-01-01T12:00:01Z") }, "suspended"],
    ["ENABLE", { ...slot("REVOKED"), suspendedUntil: now }, undefined],
    ["ENABLE", { ...slot("REVOKING"), suspendedUntil: now, removalOpen: true }, "suspended"],
    ["ENABLE", { ...slot(), expiresAt: new Date("2026-01-01T12:01:00Z") }, "date-too-early"],
    ["ENABLE", { ...slot(), expiresAt: new Date("2026-01-01T12:01:01Z") }, undefined],
    ["REGENERATE", { ...slot("ACTIVE"), overlapImpossible: true }, "cannot-overlap"],
    ["ENABLE", { ...slot(), accessImpossible: true }, "cannot-read-only"],
    ["ENABLE", { ...slot(), name: "backup", names: ["other"] }, undefined],
    ["ENABLE", { ...slot(), name: "backup", names: ["Backup"] }, "name-taken"],
    ["ENABLE", { ...slot(), name: "backup", names: ["one", "two"] }, "too-many-names"],
    ["ENABLE", { ...slot(), name: "backup", names: [], namesMax: 0 }, "no-names"],
    ["ENABLE", { ...slot("RETIRING"), name: "one", names: ["one", "two"] }, undefined],
    ["ENABLE", { ...slot("ACTIVE"), name: "one", names: ["one"] }, "name-taken"],
    ["ENABLE", { ...slot(), names: ["one", "two"] }, undefined],
    ["REGENERATE", { ...slot("ACTIVE"), name: "one", names: ["one", "two"] }, undefined],
    ["REGENERATE", slot("ACTIVE", "REVOKING"), undefined],
    ["REGENERATE", slot("EXPIRED"), undefined],
    ["REGENERATE", slot("ACTIVE", "ISSUED"), "busy"],
    ["REGENERATE", slot("REVOKED"), "not-enabled"],
    ["ENABLE", { ...slot(), recipient: { isCaller: true, mayNameOthers: false, mayIssue: true } }, undefined],
    ["ENABLE", { ...slot(), recipient: { isCaller: false, mayNameOthers: false, mayIssue: true } }, "not-for-others"],
    ["ENABLE", { ...slot(), recipient: { isCaller: false, mayNameOthers: false, mayIssue: false } }, "not-for-others"],
    ["ENABLE", { ...slot(), recipient: { isCaller: false, mayNameOthers: true, mayIssue: false } }, "no-such-member"],
    ["ENABLE", { ...slot(), recipient: { isCaller: false, mayNameOthers: true, mayIssue: true } }, undefined],
  ] as const)("%s with %j", (kind, situation, refusal) => {
    const decision = decideIssue(kind, situation, now);
    expect(decision.ok ? undefined : decision.reason).toBe(refusal);
  });

  test("disable needs something to end, and a reason where one is asked", () => {
    expect(decideDisable(["CREATING"], { required: false, given: false })).toEqual({ ok: true });
    expect(decideDisable(["REVOKED"], { required: false, given: false })).toEqual({ ok: false, reason: "not-enabled" });
    expect(decideDisable(["ACTIVE"], { required: true, given: false })).toEqual({
      ok: false,
      reason: "reason-required",
    });
  });
});

test("a refusal that ends by itself says when", () => {
  const from = new Date("2026-01-01T12:05:02.400Z");
  expect(describeRefusal("suspended", { from })).toContain("until 2026-01-01 12:05:02 UTC. Nothing was changed");
});

test.each(REFUSALS)("%s has a sentence, and none promises more speed than is known", (reason) => {
  expect(describeRefusal(reason, { current: true })).toMatch(/^[A-Z].+\.$/);
  expect(describeRefusal(reason)).not.toContain("immediate");
});

test.each<[KeyState[], string | undefined]>([
  [["ACTIVE"], undefined],
  [["RETIRING", "ACTIVE"], "old-key-kept"],
  [["ISSUED", "ACTIVE"], "busy"],
  [["RETIRING", "CREATING", "ACTIVE"], "busy"],
  [["RETIRING"], undefined],
  [[], "not-enabled"],
])("the end of a slot with %j is the end of its last key alone: refused with %s", (states, reason) => {
  const keys = states.map((state, index) => ({ accessKeyId: `LK${index}`, state }));
  const decided = decideEndOfOne(keys, `LK${states.length - 1}`);
  expect(decided).toEqual(reason === undefined ? { ok: true } : { ok: false, reason });
  expect(decideEndOfOne(keys, "LKOTHER")).toEqual({ ok: false, reason: "not-enabled" });
});

test.each<[KeyState[], string | undefined]>([
  [["ACTIVE"], undefined],
  [["INACTIVE"], undefined],
  [["RETIRING", "ACTIVE"], undefined],
  [["CREATING", "ACTIVE"], undefined],
  [["CREATING"], undefined],
  [["RETIRING"], undefined],
  [["ACTIVE", "RETIRING"], "not-current"],
  [["EXPIRED", "ISSUED"], "not-current"],
])("of a slot with %j the last key is meant: refused with %s, and a key that is not there always", (states, reason) => {
  const keys = states.map((state, index) => ({ accessKeyId: `LK${index}`, state }));
  const decided = decideMeantKey(keys, `LK${states.length - 1}`);
  expect(decided).toEqual(reason === undefined ? { ok: true } : { ok: false, reason });
  expect(decideMeantKey(keys, "LKOTHER")).toEqual({ ok: false, reason: "not-current" });
});

test.each([
  [[], "openstack-1"],
  [["openstack-1", "backup host"], "openstack-2"],
  [["OpenStack-1", "openstack-3"], "openstack-2"],
])("beside %j a further key is called %s", (names, name) => {
  expect(chooseKeyName("openstack", names)).toBe(name);
});
