import { isTooEarly, type KeyEvent, type KeyState, type RegionClosure } from "@/lib/access-keys/rules";
import type { Refusal } from "@/lib/access-keys/schema";

/** A change of an existing key. `expiresAt: null`: the key never expires. */
export type Adjustment =
  | { kind: "DEACTIVATE"; reason?: string | undefined }
  | { kind: "ACTIVATE" }
  | { kind: "SET_EXPIRATION"; expiresAt: Date | null };

export interface AdjustableKey {
  state: KeyState;
  expiresAt: Date | null;
}

/** What has to be done on the storage system, and how the key moves when it is done. */
export interface AdjustmentPlan {
  /** Undefined: the key is not switched. */
  switchTo?: "active" | "inactive";
  /** Undefined: the key keeps its date. */
  expiresAt?: Date | null;
  /** Undefined: the key keeps its state. */
  event?: Extract<KeyEvent, "deactivate" | "activate" | "revive">;
}

export type AdjustmentDecision = { ok: true; plan: AdjustmentPlan } | { ok: false; reason: Refusal };

/**
 * Decides a change of the current key of a slot; undefined: there is none. `switches`: whether the storage system can
 * switch a single key off and on. `closure`: why the project cannot use the region, where it cannot: then no key is
 * switched on. A switch never changes the date. A date changes the state of an expired key only, which works again with
 * a later one.
 */
export function decideAdjustment(
  adjustment: Adjustment,
  key: AdjustableKey | undefined,
  { switches, closure }: { switches: boolean; closure?: RegionClosure | undefined },
  now: Date,
): AdjustmentDecision {
  if (!key) return { ok: false, reason: "not-enabled" };
  switch (adjustment.kind) {
    case "DEACTIVATE":
      if (!switches) return { ok: false, reason: "cannot-switch" };
      if (key.state !== "ACTIVE") return { ok: false, reason: "not-active" };
      return { ok: true, plan: { switchTo: "inactive", event: "deactivate" } };
    case "ACTIVATE":
      if (!switches) return { ok: false, reason: "cannot-switch" };
      if (key.state === "ACTIVE") return { ok: false, reason: "not-inactive" };
      if (closure) return { ok: false, reason: closure };
      if (key.state === "EXPIRED" || hasPassed(key.expiresAt, now)) return { ok: false, reason: "date-passed" };
      return { ok: true, plan: { switchTo: "active", event: "activate" } };
    case "SET_EXPIRATION": {
      const { expiresAt } = adjustment;
      if (expiresAt && isTooEarly(expiresAt, now)) return { ok: false, reason: "date-too-early" };
      if (key.state === "EXPIRED" && closure) return { ok: false, reason: closure };
      if (key.state === "EXPIRED") return { ok: true, plan: { expiresAt, switchTo: "active", event: "revive" } };
      return { ok: true, plan: { expiresAt } };
    }
  }
}

/** Whether a date has passed. A key without a date never expires. */
export function hasPassed(date: Date | null, now: Date): boolean {
  return date !== null && date.getTime() <= now.getTime();
}
