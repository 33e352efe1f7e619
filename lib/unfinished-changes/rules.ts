import type { OperationKind, OperationState } from "@/lib/operations/rules";

/** An operation, the removal of a key, or a job of the worker beside both. */
export const UNFINISHED_KINDS = ["operation", "revocation", "job"] as const;
export type UnfinishedKind = (typeof UNFINISHED_KINDS)[number];

/**
 * `in-flight`: in its time. `stuck`: its time is over, and it is not settled. `failed`: it was given up or removed and
 * that is not proved, or its last try failed.
 */
export const UNFINISHED_STATES = ["in-flight", "stuck", "failed"] as const;
export type UnfinishedState = (typeof UNFINISHED_STATES)[number];

/** Why a change is not tried again. */
export const RETRY_REFUSALS = ["settled", "in-time"] as const;
export type RetryRefusal = (typeof RETRY_REFUSALS)[number];

/** For so long after its time a change is settled by the worker, and is not stuck yet. Milliseconds. */
export const STUCK_AFTER_MS = 30_000;

const OPERATIONS: Record<OperationKind, string> = {
  ENABLE: "Enable CLI Access",
  REGENERATE: "Regenerate Keys",
  DISABLE: "Disable Access",
  DEACTIVATE: "Deactivate",
  ACTIVATE: "Activate",
  SET_EXPIRATION: "Set expiration",
  RETIRE: "Retire now",
  KEEP_LONGER: "Keep longer",
};

/** The jobs that are listed by themselves. The others belong to an operation or to a removal. */
export const LISTED_JOBS = {
  "expire-key": "End of a key at its date",
  "retire-key": "End of an overlap",
  "resume-principal": "End of a suspension",
  "sweep-principal": "Comparison with the storage system",
} as const;
export type ListedJob = keyof typeof LISTED_JOBS;
export const isListedJob = (name: string): name is ListedJob => Object.hasOwn(LISTED_JOBS, name);

/** What the worker and the region say, for the next step. */
export interface Surroundings {
  /** Whether the worker has given no sign for a while. */
  workerSilent: boolean;
  region: string;
  /** Why the last check of the region failed; null when it passed. */
  checkError: string | null;
}

/** How a change stands, in words. `retry`: what a retry does; null where it would do nothing. */
export interface Described {
  state: UnfinishedState;
  what: string;
  cause: string;
  next: string;
  retry: string | null;
}

export interface OperationFacts {
  kind: OperationKind;
  state: OperationState;
  /** Whether it makes a key. Such a change is undone, every other one is carried out. */
  makes: boolean;
  dueAt: Date | null;
  failureReason: string | null;
}

/** How an open operation stands. */
export function describeOperation(facts: OperationFacts, around: Surroundings, now: Date): Described {
  const { kind, state, makes, dueAt, failureReason } = facts;
  const what = OPERATIONS[kind];
  const retry = makes
    ? "The worker removes the new key from the storage system and proves it. A key that worked before works on."
    : "The worker carries the change out at the storage system.";
  if (state === "UNDOING") {
    const why = failureReason ? `: ${failureReason.replace(/\.$/, "")}` : "";
    const cause = `It was given up${why}. The storage system has not confirmed that the new key is gone.`;
    return { state: "failed", what, cause, next: describeNext(around), retry };
  }
  const isOver = dueAt !== null && dueAt.getTime() <= now.getTime();
  const isStuck = dueAt !== null && dueAt.getTime() <= now.getTime() - STUCK_AFTER_MS;
  const delivering = state === "DELIVERING";
  if (!isOver) {
    const cause = delivering
      ? "The new key was sent, and the browser has not acknowledged it yet."
      : "The storage system is asked at this moment.";
    return { state: "in-flight", what, cause, next: "Wait: it is in its time.", retry: null };
  }
  const cause = delivering
    ? "Nobody acknowledged the new key in time."
    : "Its process ended before the change was finished, or the storage system did not confirm it.";
  const next = isStuck ? describeNext(around) : "Wait: the worker settles it now.";
  return { state: isStuck ? "stuck" : "in-flight", what, cause, next, retry };
}

export interface RevocationFacts {
  accessKeyId: string;
  endedAt: Date;
  removedAt: Date | null;
  /** Until when a removed key may work at the gateways of the region; null while it is not removed. */
  until: Date | null;
  /** The gateways that have not refused the key. */
  unrefused: string[];
}

/** How the removal of a key stands. */
export function describeRevocation(facts: RevocationFacts, around: Surroundings, now: Date): Described {
  const { accessKeyId, endedAt, removedAt, until, unrefused } = facts;
  const what = "Removal of a key";
  if (removedAt === null) {
    const isStuck = endedAt.getTime() <= now.getTime() - STUCK_AFTER_MS;
    return {
      state: isStuck ? "stuck" : "in-flight",
      what,
      cause: "The storage system has not confirmed that the key is gone. The key may still work.",
      next: isStuck ? describeNext(around) : "Wait: the worker removes it now.",
      retry: `The worker removes ${accessKeyId} and asks every gateway until it refuses the key.`,
    };
  }
  const isLate = until !== null && until.getTime() <= now.getTime() - STUCK_AFTER_MS;
  return {
    state: isLate ? "failed" : "in-flight",
    what,
    cause:
      unrefused.length > 0
        ? `The key is removed. Not proved to refuse it yet: ${unrefused.join(", ")}.`
        : "The key is removed, and every gateway refuses it. The worker has not written that down yet.",
    next: isLate
      ? `Look at the gateways: they accept a removed key longer than they may, or do not answer. ${describeNext(around)}`
      : "Wait: gateways may keep a removed key for a while.",
    retry: "The worker asks the gateways again.",
  };
}

/** How a job stands whose last try failed. */
export function describeJob(name: ListedJob, error: string | null, around: Surroundings): Described {
  const why = error ? `: ${error.slice(0, 300).replace(/\.?$/, ".")}` : ".";
  const cause = `The last try failed${why}`;
  return {
    state: "failed",
    what: LISTED_JOBS[name],
    cause,
    next: describeNext(around),
    retry: "The worker tries it again.",
  };
}

function describeNext({ workerSilent, region, checkError }: Surroundings): string {
  if (workerSilent) return "The worker gives no sign: start it with npm run up. It settles this then.";
  if (checkError)
    return `Repair the region ${region}: ${checkError.replace(/\.?$/, ".")} The worker tries again by itself.`;
  return "The worker tries again by itself every half a minute. Retry has it try now.";
}

const SENTENCES: Record<RetryRefusal, string> = {
  settled: "This is settled by now, or was never there. Nothing was changed; reload the page.",
  "in-time": "This change is still in its time. Nothing was changed; wait until its time is over.",
};

/** The sentence for a retry that is refused. */
export const describeRetryRefusal = (reason: RetryRefusal): string => SENTENCES[reason];
