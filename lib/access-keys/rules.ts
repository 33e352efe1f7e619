import type { AccessLevelName, CardState, Refusal } from "@/lib/access-keys/schema";
import type { AccessLevel } from "@/prisma/generated/client";

/** The slot of the key that a card shows. Every other slot is the name of a named key. */
export const DEFAULT_SLOT = "default";

export const KEY_STATES = [
  "CREATING",
  "ISSUED",
  "ACTIVE",
  "INACTIVE",
  "RETIRING",
  "REVOKING",
  "EXPIRED",
  "REVOKED",
  "FAILED",
] as const;

export const KEY_EVENTS = [
  /** the key works at every gateway and is about to be sent */
  "issue",
  /** the browser has the secret */
  "acknowledge",
  /** an undelivered key is proved gone */
  "undo",
  "deactivate",
  "activate",
  /** an expired key got a later date */
  "revive",
  /** its time is over */
  "expire",
  /** a new key took its place and an overlap was asked for */
  "retire",
  /** its end is decided */
  "revoke",
  /** the storage system does not know it any more, and every gateway refuses it */
  "prove",
] as const;

export type KeyState = (typeof KEY_STATES)[number];
export type KeyEvent = (typeof KEY_EVENTS)[number];

/** Every move a key can make. What is not here is refused; the test holds each cell of states × events. */
const MOVES: Record<KeyState, Partial<Record<KeyEvent, KeyState>>> = {
  CREATING: { issue: "ISSUED", undo: "FAILED", revoke: "REVOKING" },
  ISSUED: { acknowledge: "ACTIVE", undo: "FAILED", revoke: "REVOKING" },
  ACTIVE: { deactivate: "INACTIVE", expire: "EXPIRED", retire: "RETIRING", revoke: "REVOKING" },
  INACTIVE: { activate: "ACTIVE", expire: "EXPIRED", revoke: "REVOKING" },
  RETIRING: { revoke: "REVOKING" },
  REVOKING: { prove: "REVOKED" },
  EXPIRED: { revive: "ACTIVE", revoke: "REVOKING" },
  REVOKED: {},
  FAILED: {},
};

/** The state after an event, or undefined where the event is refused in that state. */
export function moveKeyState(state: KeyState, event: KeyEvent): KeyState | undefined {
  return MOVES[state][event];
}

/** The states in which an event is allowed. */
export function statesThatAllow(event: KeyEvent): KeyState[] {
  return KEY_STATES.filter((state) => MOVES[state][event] !== undefined);
}

/** The state that an event leads to. An event leads to one state, wherever it comes from; the test holds that. */
export function targetOf(event: KeyEvent): KeyState {
  const target = KEY_STATES.map((state) => MOVES[state][event]).find((state) => state !== undefined);
  if (!target) throw new Error(`no state allows ${event}`);
  return target;
}

/** Written ahead or sent, not yet acknowledged. At most one in a slot. */
export const PENDING_STATES: readonly KeyState[] = ["CREATING", "ISSUED"];
/** What a card shows as its key. At most one in a slot. */
export const CURRENT_STATES: readonly KeyState[] = ["ACTIVE", "INACTIVE", "EXPIRED"];
/** The end of these is not decided yet. */
export const LIVE_STATES: readonly KeyState[] = ["CREATING", "ISSUED", "ACTIVE", "INACTIVE", "RETIRING", "EXPIRED"];
/** Ended for good; kept as tombstones against writes that land late. */
export const ENDED_STATES: readonly KeyState[] = ["REVOKED", "FAILED"];

export interface SlotEnd {
  /** Whether the current key is past its date at a storage system that refuses such a key by itself. */
  pastDate: boolean;
  /** Whether the key that ended last was removed because its date had passed. */
  expired: boolean;
}

/** What a card shows, from the states of all keys of its slot. */
export function deriveCardState(states: readonly KeyState[], end: SlotEnd): CardState {
  if (end.pastDate) return "EXPIRED";
  if (states.includes("ACTIVE")) return "ACTIVE";
  if (states.includes("INACTIVE")) return "INACTIVE";
  if (states.includes("EXPIRED")) return "EXPIRED";
  if (states.some((state) => PENDING_STATES.includes(state))) return "ENABLING";
  if (states.includes("REVOKING") || states.includes("RETIRING")) return "REVOKING";
  if (!states.includes("REVOKED")) return "NOT CONFIGURED";
  return end.expired ? "EXPIRED" : "DISABLED";
}

/** The slot of a name that a caller gives; the default one without a name. */
export const slotOf = (name: string | undefined): string => name ?? DEFAULT_SLOT;

/** The name of a slot; null for the default one. */
export const nameOfSlot = (slot: string): string | null => (slot === DEFAULT_SLOT ? null : slot);

const ACCESS: Record<AccessLevelName, AccessLevel> = { full: "FULL", "read-only": "READ_ONLY" };

/** An access level that a caller gives; full access without one. */
export const readAccessLevel = (name: AccessLevelName = "full"): AccessLevel => ACCESS[name];

/** An access level as callers read it. */
export const nameAccessLevel = (access: AccessLevel): AccessLevelName => (access === "FULL" ? "full" : "read-only");

/** A date that a caller gives, in ISO 8601; null without one. */
export const readDate = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** Why a project cannot use a region: nobody can, or an administrator closed the region for the project. */
export type RegionClosure = Extract<Refusal, "region-disabled" | "region-closed">;

export type IssueKind = "ENABLE" | "REGENERATE";

export interface SlotSituation {
  states: readonly KeyState[];
  /** Why the project cannot use the region; undefined when it can. */
  closure: RegionClosure | undefined;
  /** Until when all keys of the project are stopped; null when they are not. */
  suspendedUntil: Date | null;
  /** Whether one of the keys that the suspension is for waits for its removal: without it that one would work again. */
  removalOpen: boolean;
  /** The date that is asked for; null for none. */
  expiresAt: Date | null;
  /** Whether an overlap is asked for that the storage system cannot hold. */
  overlapImpossible: boolean;
  /** Whether an access level is asked for that the storage system cannot enforce. */
  accessImpossible: boolean;
  /** The name of the slot; undefined for the default one. */
  name: string | undefined;
  /** The names of the named keys of the project in the region that are not ended. */
  names: readonly string[];
  /** How many of those there may be. */
  namesMax: number;
  /** For whom the key is asked for; undefined where nobody is named. */
  recipient?: Recipient | undefined;
}

/** The person for whom a key is asked for. */
export interface Recipient {
  /** Whether it is the person who asks. */
  isCaller: boolean;
  /** Whether the one who asks may name another person. */
  mayNameOthers: boolean;
  /** Whether the person is enabled, and may make keys of the project too. */
  mayIssue: boolean;
}

/** Whether a new key may be made now: what `regenerate` replaces must exist, what `enable` makes must not. */
export function decideIssue(
  kind: IssueKind,
  slot: SlotSituation,
  now: Date,
): { ok: true } | { ok: false; reason: Refusal } {
  if (slot.closure) return { ok: false, reason: slot.closure };
  if (slot.expiresAt && isTooEarly(slot.expiresAt, now)) return { ok: false, reason: "date-too-early" };
  const unfit = slot.recipient && decideRecipient(slot.recipient);
  if (unfit) return { ok: false, reason: unfit };
  if (slot.overlapImpossible) return { ok: false, reason: "cannot-overlap" };
  if (slot.accessImpossible) return { ok: false, reason: "cannot-read-only" };
  if (slot.states.some((state) => PENDING_STATES.includes(state))) return { ok: false, reason: "busy" };
  const hasCurrent = slot.states.some((state) => CURRENT_STATES.includes(state));
  if (kind === "ENABLE") {
    const taken = decideName(slot, hasCurrent);
    if (taken) return { ok: false, reason: taken };
  }
  if (kind === "REGENERATE" && !hasCurrent) return { ok: false, reason: "not-enabled" };
  if (slot.suspendedUntil && (slot.removalOpen || slot.suspendedUntil > now)) return { ok: false, reason: "suspended" };
  return { ok: true };
}

/** Why a new key cannot have its name; undefined when it can. Names that differ in capitals only are one name. */
function decideName({ name, names, namesMax }: SlotSituation, hasCurrent: boolean): Refusal | undefined {
  if (name === undefined) return hasCurrent ? "already-enabled" : undefined;
  if (hasCurrent) return "name-taken";
  // Its own name is among them while the old key of an overlap is the only one left.
  const others = names.filter((other) => other !== name);
  if (others.some((other) => other.toLowerCase() === name.toLowerCase())) return "name-taken";
  if (namesMax === 0) return "no-names";
  return others.length >= namesMax ? "too-many-names" : undefined;
}

/** Why a key cannot be made for a person; undefined when it can. Others learn nothing about who is in the project. */
function decideRecipient({ isCaller, mayNameOthers, mayIssue }: Recipient): Refusal | undefined {
  if (!isCaller && !mayNameOthers) return "not-for-others";
  return mayIssue ? undefined : "no-such-member";
}

/** The first name of the form `PREFIX-1`, `PREFIX-2` and so on that no key has. */
export function chooseKeyName(prefix: string, names: readonly string[]): string {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  let number = 1;
  while (taken.has(`${prefix}-${number}`)) number += 1;
  return `${prefix}-${number}`;
}

/** A date must be later than now by more than this: an earlier one may pass before the key is delivered. Milliseconds. */
const DATE_AHEAD_MS = 60_000;

/** Whether a date is past, or passes within the next minute. */
export function isTooEarly(date: Date, now: Date): boolean {
  return date.getTime() <= now.getTime() + DATE_AHEAD_MS;
}

/** Whether there is anything to disable, and whether the caller said why where that is asked of them. */
export function decideDisable(
  states: readonly KeyState[],
  reason: { required: boolean; given: boolean },
): { ok: true } | { ok: false; reason: Refusal } {
  if (reason.required && !reason.given) return { ok: false, reason: "reason-required" };
  if (!states.some((state) => moveKeyState(state, "revoke"))) return { ok: false, reason: "not-enabled" };
  return { ok: true };
}

/**
 * Whether the end of a slot is the end of the key that the caller means. The old key of an overlap and a key that is
 * being made end with it. Refused when the key is not there any more, and when another one has become the current one.
 */
export function decideMeantKey(
  keys: readonly { accessKeyId: string; state: KeyState }[],
  accessKeyId: string,
): { ok: true } | { ok: false; reason: Refusal } {
  const isThere = keys.some((key) => key.accessKeyId === accessKeyId);
  const other = keys.find((key) => key.accessKeyId !== accessKeyId && CURRENT_STATES.includes(key.state));
  return isThere && !other ? { ok: true } : { ok: false, reason: "not-current" };
}

/** Whether the end of a slot is the end of this key alone. */
export function decideEndOfOne(
  keys: readonly { accessKeyId: string; state: KeyState }[],
  accessKeyId: string,
): { ok: true } | { ok: false; reason: Refusal } {
  const others = keys.filter((key) => key.accessKeyId !== accessKeyId);
  if (others.length === keys.length) return { ok: false, reason: "not-enabled" };
  if (others.some(({ state }) => state !== "RETIRING")) return { ok: false, reason: "busy" };
  return others.length > 0 ? { ok: false, reason: "old-key-kept" } : { ok: true };
}

const SENTENCES: Record<Refusal, string> = {
  "already-enabled": "CLI access is enabled here already. Nothing was changed.",
  "not-enabled": "CLI access is not enabled here. Nothing was changed.",
  busy: "Another change is in progress here. Nothing was changed; try again when it is done.",
  "not-current":
    "This key is not the current key here any more: it was replaced or ended in the meantime. Nothing was changed; look at the key again.",
  "region-disabled": "This region is switched off by the administrators. Nothing was changed.",
  "region-closed":
    "Object storage is not enabled in this region for the project. Nothing was changed; a platform admin can enable it.",
  suspended: "The gateways here may still hold the keys that were disabled. Nothing was changed; enable again later.",
  "reason-required": "Say why you take the access away. Nothing was changed.",
  "date-too-early": "The expiration date must be more than a minute from now. Nothing was changed.",
  "date-passed":
    "The expiration date of the key has passed. Nothing was changed; a later date switches the key on again.",
  "cannot-switch":
    "The storage system of this region cannot switch a single key off and on. Nothing was changed; disable the access, or regenerate the keys.",
  "cannot-overlap":
    "The storage system of this region cannot hold two keys of a project. Nothing was changed; replace the keys now.",
  "cannot-read-only":
    "The storage system of this region cannot tell keys apart, so a key cannot be read-only. Nothing was changed.",
  "name-taken": "A key with this name exists here already. Nothing was changed; choose another name.",
  "no-names": "Named keys are switched off here. Nothing was changed.",
  "too-many-names":
    "This project has as many named keys here as are allowed. Nothing was changed; disable one of them first.",
  "not-for-others": "Only a project admin makes keys for other people. Nothing was changed.",
  "no-such-member": "A key can only be for an enabled member of this project who may make keys. Nothing was changed.",
  "not-retiring": "No old key is kept here. Nothing was changed.",
  "old-key-kept":
    "The old key of a rotation works on beside this key. Nothing was changed; delete the old key first, then this one.",
  "old-key-expired": "The old key's own expiration date has passed, so it cannot be kept longer. Nothing was changed.",
  "not-active": "The key is switched off already. Nothing was changed.",
  "not-inactive": "The key is switched on already. Nothing was changed.",
  "change-unsettled":
    "The storage system did not confirm the change. Latchkey tries until it is carried out; the card tells when.",
  "request-reused": "This request was sent before with other values. Nothing was changed; open the dialog again.",
  superseded: "The access was disabled while the new pair was being made. The new pair does not work.",
  "storage-refused": "The storage system refused the change. Nothing was changed; ask your administrators.",
  "storage-failed": "The storage system did not answer as it should. Nothing was changed; try again.",
  "storage-unsettled": "The storage system did not confirm what it did. What it may have made is being removed.",
  "storage-unreachable": "The storage system cannot be reached. Nothing was changed.",
  undelivered: "The new pair was not confirmed in time and is removed. Start again to get a new one.",
  unconfirmed: "The pair of this request was not confirmed. It is removed within a minute; then start again.",
};

export interface RefusalFacts {
  /** Whether a current key goes on working. */
  current?: boolean;
  /** The person whose change came first. */
  who?: string | undefined;
  /** When the change will be possible. */
  from?: Date | undefined;
}

/** The sentence for a refusal: what happened, whether anything changed, what works now. */
export function describeRefusal(reason: Refusal, facts: RefusalFacts = {}): string {
  if (reason === "busy" && facts.who) {
    return `${facts.who} is changing the access here right now. Nothing of yours was changed; try again when it is done.`;
  }
  if (reason === "suspended" && facts.from) {
    const from = `${facts.from.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    return `The gateways here may hold the disabled keys until ${from}. Nothing was changed; CLI access can be enabled from then on.`;
  }
  const leavesCurrent: Refusal[] = [
    "storage-refused",
    "storage-failed",
    "storage-unsettled",
    "storage-unreachable",
    "undelivered",
    "unconfirmed",
  ];
  const suffix = facts.current && leavesCurrent.includes(reason) ? " Your current keys still work." : "";
  return SENTENCES[reason] + suffix;
}
