import type { IssuedPair, NewPair } from "../fixtures/portal-client";

export type Kind = "enable" | "regenerate" | "disable";

/** A project in a region: what one key belongs to. */
export interface Slot {
  project: string;
  region: string;
}

/** What the storm did and was told. Times are milliseconds since the epoch. */
export interface Attempt {
  kind: Kind;
  slot: Slot;
  requestId: string;
  personId: string;
  /** Who asks for them: a browser, which acknowledges what it gets, or a program, to which the reply is the delivery. */
  by: "browser" | "program";
  begun: number;
  /** Undefined while it runs. */
  ended?: number;
  /**
   * What the portal said: `issued`, `done`, the reason of a refusal, or `unknown` when no answer came. A program that asks
   * again and hears that it was done already has changed something: `done`, without the pair.
   */
  said?: string;
  /** The sentence that came with it. */
  message?: string | undefined;
  pair?: IssuedPair | NewPair;
  acknowledged?: Acknowledgement;
}

export interface Acknowledgement {
  begun: number;
  ended?: number;
  /** `unknown`: asked, and no answer came. */
  said: "ok" | "refused" | "unknown";
}

/** A change that stands, or may: the pair with this id became the current one, or there is none any more. */
interface Effect {
  accessKeyId: string | undefined;
  begun: number;
  ended: number;
  certain: boolean;
}

/** A process that has not answered may go on for so long: its database call, a restart of that database, its own stop. */
const MAY_LAND_WITHIN_MS = 100_000;

export class History {
  readonly attempts: Attempt[] = [];

  begin(attempt: Omit<Attempt, "begun">): Attempt {
    const begun = { ...attempt, begun: Date.now() };
    this.attempts.push(begun);
    return begun;
  }

  /** All attempts on one project in one region. */
  of({ project, region }: Slot): Attempt[] {
    return this.attempts.filter(({ slot }) => slot.project === project && slot.region === region);
  }

  /** Every pair that ever reached somebody. */
  pairs(): NewPair[] {
    return this.attempts.flatMap(({ pair }) => pair ?? []);
  }

  /** Whether a request may have led to a pair that reached nobody. */
  mayHaveLost({ requestId, actorId }: { requestId: string; actorId: string }): boolean {
    const asked = this.attempts.filter((attempt) => isOfRequest(attempt, { requestId, personId: actorId }));
    return asked.some((attempt) => isUnheard(attempt) && !isMoot(attempt, asked));
  }

  /**
   * Notes what whoever asked again was told: that it was done already. Of the attempts whose end nobody heard the first
   * counts, which began no later than the change; nothing where the end of one was heard.
   */
  noteDone(again: Attempt): void {
    const asked = this.attempts.filter((attempt) => attempt !== again && isOfRequest(attempt, again));
    const first = asked.find(({ said }) => said === "unknown");
    if (!first || isMoot(first, asked)) return;
    first.said = "done";
    first.ended = again.ended ?? Date.now();
  }

  /**
   * The access key ids that may be current after everything, undefined for none: a change can be the last one
   * unless another surely began after it had ended. A pair that reached nobody stands there by `nameUnheard`.
   */
  whatMayStand(slot: Slot): (string | undefined)[] {
    const here = this.of(slot);
    const effects = here.filter((attempt) => !isMoot(attempt, here)).flatMap(toEffect);
    const certain = effects.filter((effect) => effect.certain);
    const last = effects.filter((effect) => !certain.some((other) => other !== effect && other.begun > effect.ended));
    return [...(certain.length === 0 ? [undefined] : []), ...last.map(({ accessKeyId }) => accessKeyId)];
  }

  /** Whether nothing but this attempt has touched its project and region since a moment. */
  isAlone(attempt: Attempt, since: number): boolean {
    return this.of(attempt.slot).every((other) => {
      if (other === attempt) return true;
      const ended = Math.max(other.ended ?? Infinity, other.acknowledged ? (other.acknowledged.ended ?? Infinity) : 0);
      const mayLand = other.said === "unknown" || other.acknowledged?.said === "unknown" ? MAY_LAND_WITHIN_MS : 0;
      return ended + mayLand < since;
    });
  }
}

/** What a pair is called of which only the request is known. */
export function nameUnheard({ requestId }: { requestId: string }): string {
  return `the pair of request ${requestId}`;
}

function isOfRequest(attempt: Attempt, { requestId, personId }: Pick<Attempt, "requestId" | "personId">): boolean {
  return attempt.requestId === requestId && attempt.personId === personId;
}

/** Answers that say how a request ended, whichever attempt got them. */
const FINAL = new Set(["done", "undelivered", "superseded"]);

/** Whether nobody heard how it ended, and that is no question any more: another attempt of the same request was told. */
function isMoot(attempt: Attempt, among: readonly Attempt[]): boolean {
  if (attempt.said !== "unknown") return false;
  return among.some(
    (other) => isOfRequest(other, attempt) && (other.pair !== undefined || FINAL.has(other.said ?? "")),
  );
}

/** Whether it may have led to a pair that reached nobody: a browser's is undone then, a program's counts. */
function isUnheard({ kind, by, said, pair }: Attempt): boolean {
  return kind !== "disable" && by === "program" && !pair && (said === "unknown" || said === "done");
}

function toEffect(attempt: Attempt): Effect[] {
  const { kind, begun, said, ended = Infinity, pair, acknowledged } = attempt;
  if (kind === "disable" || isUnheard(attempt)) {
    const accessKeyId = kind === "disable" ? undefined : nameUnheard(attempt);
    if (said === "done") return [{ accessKeyId, begun, ended, certain: true }];
    return said === "unknown" ? [{ accessKeyId, begun, ended: ended + MAY_LAND_WITHIN_MS, certain: false }] : [];
  }
  if (!pair || !acknowledged || acknowledged.said === "refused") return [];
  const certain = acknowledged.said === "ok";
  const by = (acknowledged.ended ?? Infinity) + (certain ? 0 : MAY_LAND_WITHIN_MS);
  return [{ accessKeyId: pair.accessKeyId, begun: acknowledged.begun, ended: by, certain }];
}
