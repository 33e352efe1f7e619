import { checkEverything, isSettled } from "./checks/check-everything";
import { checkAnswer, type Verified } from "./checks/check-answer";
import { settleBy } from "./checks/settle";
import type { Violation } from "./checks/violation";
import { watchRevokedKeys } from "./checks/watch-revoked-keys";
import { changeKeys, countAnswered, countOperations } from "./change-keys";
import { saveEvidence } from "./evidence";
import type { FaultKind } from "./faults/fault-kind";
import { type FaultCounts, injectFaults } from "./faults/inject-faults";
import { History } from "./history";
import { createRandom } from "./random";
import { waitUntilUp, type World } from "./world/world";

// How a chaos run works:
//
// 1. `startWorld` (world/) starts a portal with two web processes, storage systems behind proxies, and signs users in.
// 2. Users and programs change keys (change-keys.ts) while faults are injected (faults/): processes are killed and
//    paused, connections break. The history (history.ts) notes each request and its answer.
// 3. The faults end. The portal has some time to finish what is still open (checks/settle.ts).
// 4. The checks (checks/) compare the history, the database, the storage systems' own lists, and real signed requests.
//    Each contradiction is a violation (checks/violation.ts lists the kinds).
//
// A seed decides who does what and which fault comes next. Timing still differs between two runs of one seed.
// To prove that the checks find bugs, mutants/ breaks the protocol on purpose and expects a violation.

export interface ChaosOptions {
  seed: number;
  /** The run goes on until there are this many answered operations and this many faults that hit something. */
  operations: number;
  faults: number;
  /** How many users act at the same time. */
  atOnce: number;
  /** How long the portal has to finish what is open after the last fault. */
  settleSeconds: number;
  /** The share of changes that start on purpose where another change is in flight. */
  contention: number;
  /**
   * The share of changes of an enabled slot that switch the key off or on, set its date or end an overlap, and of
   * regenerations that keep the old key.
   */
  adjustments: number;
  /** The share of delivered keys that nobody acknowledges, and for how long after the start. */
  unacknowledged: number;
  unacknowledgedForMs: number;
  /** The share of changes that programs ask for with a token. Browsers ask for the others. */
  programs: number;
  listFaults: (world: World) => FaultKind[];
  /** Whether each kind of fault comes once before any kind comes again. */
  eachOnceFirst: boolean;
  /** Whether the run is long enough that every check must have found something to verify. */
  full: boolean;
}

export interface ChaosReport extends FaultCounts {
  seed: number;
  operations: number;
  answered: number;
  answers: Record<string, number>;
  keys: number;
  chaosSeconds: number;
  settledAfterSeconds: number;
  verified: Verified;
  violations: Violation[];
  /** The folder with everything about the run, when there was a violation. */
  evidence: string | undefined;
}

/** Runs steps 2 to 4 on a world that was started. */
export async function runChaos(world: World, options: ChaosOptions): Promise<ChaosReport> {
  const random = createRandom(options.seed);
  const history = new History();
  const violations: Violation[] = [];
  const begun = Date.now();
  const over = new AbortController();
  const counts: FaultCounts = { faults: 0, crashes: 0, byKind: {} };
  const verified: Verified = { issued: 0, stillWork: 0 };
  const kinds = options.listFaults(world);
  const isEnough = () =>
    countAnswered(history) >= options.operations &&
    counts.faults >= options.faults &&
    (!options.eachOnceFirst ||
      options.faults < kinds.length ||
      kinds.every(({ name }) => counts.byKind[name] !== undefined));
  const watched = watchRevokedKeys(world, history, violations, random.fork("watch"), over.signal);
  const pace = {
    everyOperations: options.operations / options.faults,
    countOperations: () => countAnswered(history),
    eachOnceFirst: options.eachOnceFirst,
  };
  const faults = injectFaults(kinds, random.fork("faults"), pace, counts, isEnough);
  await changeKeys(world, history, random.fork("people"), {
    isEnough,
    atOnce: options.atOnce,
    contention: options.contention,
    adjustments: options.adjustments,
    readUnacknowledged: () => (Date.now() - begun < options.unacknowledgedForMs ? options.unacknowledged : 0),
    programs: options.programs,
    onAnswer: (attempt) => checkAnswer(world, history, { violations, verified }, attempt),
  });
  await faults;
  over.abort();
  await watched;
  const chaosSeconds = (Date.now() - begun) / 1_000;

  const faultsEnded = Date.now();
  await waitUntilUp(world);
  const settled = await settleBy(faultsEnded + options.settleSeconds * 1_000, () => isSettled(world));
  const settledAfterSeconds = ((settled ?? Date.now()) - faultsEnded) / 1_000;
  violations.push(...(await checkEverything(world, history)));
  if (options.full && verified.stillWork === 0) {
    violations.push({
      kind: "unchecked",
      what: "no answer said that the current keys still work, or none was verified",
    });
  }
  return {
    ...counts,
    seed: options.seed,
    operations: countOperations(history),
    answered: countAnswered(history),
    answers: countAnswers(history),
    keys: history.keys().length,
    chaosSeconds,
    settledAfterSeconds,
    verified,
    violations,
    evidence: violations.length > 0 ? await saveEvidence(world, history, options.seed) : undefined,
  };
}

function countAnswers({ attempts }: History): Record<string, number> {
  const words = attempts.map(({ answer = "unanswered", by, acknowledged, key }) => {
    if (!key) return answer;
    return `${answer}, ${by === "program" ? "in the reply" : (acknowledged?.answer ?? "not acknowledged")}`;
  });
  return words.reduce<Record<string, number>>((counts, word) => ({ ...counts, [word]: (counts[word] ?? 0) + 1 }), {});
}
