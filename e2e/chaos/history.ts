import type { IssuedKey, NewKey } from "../fixtures/portal-client";

/** Changes of an existing key, which no secret comes from. */
export const ADJUSTMENTS = ["deactivate", "activate", "setExpiration", "retire", "keepLonger"] as const;
export type Adjustment = (typeof ADJUSTMENTS)[number];
export type Change = "enable" | "regenerate" | "disable" | Adjustment;

export const isAdjustment = (change: Change): change is Adjustment =>
  ADJUSTMENTS.some((adjustment) => adjustment === change);

/** One place for a key of a project in a region. It has at most one current key. */
export interface Slot {
  project: string;
  region: string;
  /** The name of a named key. Left out: the key of the card. */
  name?: string;
  /** What a named key may do. */
  access?: "full" | "read-only";
}

/** A slot in a sentence. */
export const nameSlot = ({ project, region, name }: Slot): string => [project, region, name].filter(Boolean).join("/");

/** One request of a user or a program, and how the portal answered. Times are milliseconds since the epoch. */
export interface Attempt {
  change: Change;
  slot: Slot;
  requestId: string;
  personId: string;
  /** A browser acknowledges the key that it gets. A program does not: the reply is the delivery. */
  by: "browser" | "program";
  begun: number;
  /** Seconds for which a regeneration keeps the old key. Left out: it is replaced. */
  overlapSeconds?: number;
  /** The date of `setExpiration`: ISO 8601, or null for never. */
  expirationDate?: string | null;
  /** Undefined while the attempt is in flight. */
  ended?: number;
  /**
   * `issued`, `done`, the reason of a refusal, or `unknown` when no answer came. When a program repeats a request and
   * hears that it was done before, its first attempt becomes `done`, without the key.
   */
  answer?: string;
  /** The sentence that came with the answer. */
  message?: string | undefined;
  key?: IssuedKey | NewKey;
  acknowledged?: Acknowledgement;
}

export interface Acknowledgement {
  begun: number;
  ended?: number;
  /** `unknown`: sent, and no answer came. */
  answer: "ok" | "refused" | "unknown";
}

/** What an attempt did or may have done: the key with this id became the active one, or no key is active any more. */
interface Effect {
  accessKeyId: string | undefined;
  begun: number;
  ended: number;
  certain: boolean;
}

/** A request without an answer may still take effect this long after: a database restart and a paused process. */
const MAY_TAKE_EFFECT_WITHIN_MS = 100_000;

/** Everything that users and programs did in a chaos run and were told. */
export class History {
  readonly attempts: Attempt[] = [];

  begin(attempt: Omit<Attempt, "begun">): Attempt {
    const begun = { ...attempt, begun: Date.now() };
    this.attempts.push(begun);
    return begun;
  }

  /** All attempts on one slot. */
  of({ project, region, name }: Slot): Attempt[] {
    return this.attempts.filter(({ slot }) => slot.project === project && slot.region === region && slot.name === name);
  }

  /** Every key that was delivered to somebody. */
  keys(): NewKey[] {
    return this.attempts.flatMap(({ key }) => key ?? []);
  }

  /** Whether a request may have created a key that was delivered to nobody. */
  mayHaveUndelivered({ requestId, actorId }: { requestId: string; actorId: string }): boolean {
    const sameRequest = this.attempts.filter((attempt) => isOfRequest(attempt, { requestId, personId: actorId }));
    return sameRequest.some((attempt) => isUndelivered(attempt) && !isAnsweredElsewhere(attempt, sameRequest));
  }

  /**
   * Notes that a repeated request was answered with "already done". The first attempt without an answer then counts
   * as done. Nothing is noted when another attempt of the same request has an answer.
   */
  noteDone(repeated: Attempt): void {
    const others = this.attempts.filter((attempt) => attempt !== repeated && isOfRequest(attempt, repeated));
    const first = others.find(({ answer }) => answer === "unknown");
    if (!first || isAnsweredElsewhere(first, others)) return;
    first.answer = "done";
    first.ended = repeated.ended ?? Date.now();
  }

  /**
   * The access key ids that may be active after everything; undefined stands for no active key. A change can be the
   * last one unless another change certainly began after it had ended. A key that was delivered to nobody has no known
   * id and is listed by `nameUndelivered`.
   */
  listPossibleKeys(slot: Slot): (string | undefined)[] {
    const here = this.of(slot);
    const effects = here.filter((attempt) => !isAnsweredElsewhere(attempt, here)).flatMap(toEffect);
    const certain = effects.filter((effect) => effect.certain);
    const last = effects.filter((effect) => !certain.some((other) => other !== effect && other.begun > effect.ended));
    return [...(certain.length === 0 ? [undefined] : []), ...last.map(({ accessKeyId }) => accessKeyId)];
  }

  /** Whether somebody may have switched this key off, or given it a date, since it was asked for. */
  mayBeAdjusted(slot: Slot, accessKeyId: string): boolean {
    const here = this.of(slot);
    const made = here.find(({ key }) => key?.accessKeyId === accessKeyId)?.begun ?? 0;
    return here.some(({ change, begun, ended }) => isAdjustment(change) && (ended ?? Math.max(begun, made)) >= made);
  }

  /** Whether this attempt alone has changed its slot since a moment. */
  isAlone(attempt: Attempt, since: number): boolean {
    return this.of(attempt.slot).every((other) => {
      if (other === attempt) return true;
      const ended = Math.max(other.ended ?? Infinity, other.acknowledged ? (other.acknowledged.ended ?? Infinity) : 0);
      const isOpen = other.answer === "unknown" || other.acknowledged?.answer === "unknown";
      return ended + (isOpen ? MAY_TAKE_EFFECT_WITHIN_MS : 0) < since;
    });
  }
}

/** Names a key of which only the request is known. */
export function nameUndelivered({ requestId }: { requestId: string }): string {
  return `the key of request ${requestId}`;
}

function isOfRequest(attempt: Attempt, { requestId, personId }: Pick<Attempt, "requestId" | "personId">): boolean {
  return attempt.requestId === requestId && attempt.personId === personId;
}

/** Answers that say how a request ended, to whichever of its attempts they were given. */
const FINAL = new Set(["done", "undelivered", "superseded"]);

/** Whether an attempt has no answer, but another attempt of the same request has one. */
function isAnsweredElsewhere(attempt: Attempt, among: readonly Attempt[]): boolean {
  if (attempt.answer !== "unknown") return false;
  return among.some(
    (other) => isOfRequest(other, attempt) && (other.key !== undefined || FINAL.has(other.answer ?? "")),
  );
}

/**
 * Whether an attempt may have created a key that nobody got. Only a program's counts: the portal removes a key that a
 * browser does not acknowledge.
 */
function isUndelivered({ change, by, answer, key }: Attempt): boolean {
  return (
    (change === "enable" || change === "regenerate") &&
    by === "program" &&
    !key &&
    (answer === "unknown" || answer === "done")
  );
}

const MAY_HAVE_SET_DATE = new Set(["done", "unknown", "change-unsettled"]);

function toEffect(attempt: Attempt): Effect[] {
  const { change, begun, answer, ended = Infinity, key, acknowledged } = attempt;
  // At its date a key may be removed: from then on there may be none.
  if (change === "setExpiration" && attempt.expirationDate && MAY_HAVE_SET_DATE.has(answer ?? "")) {
    const date = new Date(attempt.expirationDate).getTime();
    return [{ accessKeyId: undefined, begun: date, ended: date + MAY_TAKE_EFFECT_WITHIN_MS, certain: false }];
  }
  if (isAdjustment(change)) return [];
  if (change === "disable" || isUndelivered(attempt)) {
    const accessKeyId = change === "disable" ? undefined : nameUndelivered(attempt);
    if (answer === "done") return [{ accessKeyId, begun, ended, certain: true }];
    return answer === "unknown"
      ? [{ accessKeyId, begun, ended: ended + MAY_TAKE_EFFECT_WITHIN_MS, certain: false }]
      : [];
  }
  if (!key || !acknowledged || acknowledged.answer === "refused") return [];
  const certain = acknowledged.answer === "ok";
  const by = (acknowledged.ended ?? Infinity) + (certain ? 0 : MAY_TAKE_EFFECT_WITHIN_MS);
  return [{ accessKeyId: key.accessKeyId, begun: acknowledged.begun, ended: by, certain }];
}
