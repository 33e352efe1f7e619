import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { checkHistory, checkLateWrites } from "./check-history";
import { checkCards, checkOrphans, checkPairs, checkSettled } from "./check-keys";
import { checkSecrets } from "./check-secrets";
import { countAnswered, countOperations, drive } from "./driver";
import { keepEvidence } from "./evidence";
import { type FaultCounts, type FaultKind, unleash } from "./faults";
import { History } from "./history";
import { readLedger } from "./ledger";
import { createRandom } from "./random";
import type { Violation } from "./violation";
import { checkAnswer, watchTheDead } from "./watch";
import { waitUntilUp, withDatabase, type World } from "./world";

export interface StormOptions {
  seed: number;
  /** How many of both at least; both go on until there are enough of either. Counted are operations with an answer. */
  operations: number;
  faults: number;
  atOnce: number;
  settleSeconds: number;
  /** How many go on purpose where somebody is changing something. */
  crowd: number;
  /** How many pairs are left without acknowledgement, and for how long after the beginning. */
  forget: number;
  forgetForMs: number;
  /** Which faults there are. */
  faultsOf: (world: World) => FaultKind[];
  /** Each kind of fault once before any comes again. */
  eachOnceFirst: boolean;
}

export interface StormReport extends FaultCounts {
  seed: number;
  operations: number;
  answered: number;
  said: Record<string, number>;
  pairs: number;
  stormSeconds: number;
  settledAfterSeconds: number;
  violations: Violation[];
  /** Where everything about it is kept, when there was a violation. */
  evidence: string | undefined;
}

/** The storm itself, the calm after it, and the check of everything. */
export async function runStorm(world: World, options: StormOptions): Promise<StormReport> {
  const random = createRandom(options.seed);
  const history = new History();
  const violations: Violation[] = [];
  const begun = Date.now();
  const over = new AbortController();
  const counts: FaultCounts = { faults: 0, crashes: 0, byKind: {} };
  const isEnough = () => countAnswered(history) >= options.operations && counts.faults >= options.faults;
  const watched = watchTheDead(world, history, violations, over.signal);
  const pace = {
    everySteps: options.operations / options.faults,
    readSteps: () => countAnswered(history),
    eachOnceFirst: options.eachOnceFirst,
  };
  const faults = unleash(options.faultsOf(world), random.fork("faults"), pace, counts, isEnough);
  await drive(world, history, random.fork("people"), {
    isEnough,
    atOnce: options.atOnce,
    crowd: options.crowd,
    readForget: () => (Date.now() - begun < options.forgetForMs ? options.forget : 0),
    onAnswer: (attempt) => checkAnswer(world, history, violations, attempt),
  });
  await faults;
  over.abort();
  await watched;
  const stormSeconds = (Date.now() - begun) / 1_000;

  await waitUntilUp(world);
  const calm = Date.now();
  await settle(world, options.settleSeconds);
  const settledAfterSeconds = (Date.now() - calm) / 1_000;
  violations.push(...(await checkEverything(world, history)));
  return {
    ...counts,
    seed: options.seed,
    operations: countOperations(history),
    answered: countAnswered(history),
    said: countWords(history),
    pairs: history.pairs().length,
    stormSeconds,
    settledAfterSeconds,
    violations,
    evidence: violations.length > 0 ? await keepEvidence(world, history, options.seed) : undefined,
  };
}

/** Waits until nothing is left to be done, at most so long; what is left then the check finds. */
async function settle(world: World, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  while (Date.now() < until) {
    const ledger = await withDatabase(world.databaseUrl, readLedger);
    if (checkSettled(ledger).length === 0 && (await checkOrphans(world.backends, ledger)).length === 0) return;
    await pause(1_000);
  }
}

/** Reads every storage system and the database past the portal, and tries every pair that was ever delivered. */
async function checkEverything(world: World, history: History): Promise<Violation[]> {
  return withDatabase(world.databaseUrl, async (client) => {
    const ledger = await readLedger(client);
    const folders = [world.portal.facts.dataDir, ...(world.rig ? [join(world.rig.options.folder, "log")] : [])];
    return [
      ...checkSettled(ledger),
      ...(await checkOrphans(world.backends, ledger)),
      ...(await checkPairs(world, history, ledger)),
      ...checkHistory(world, history, ledger),
      ...checkLateWrites(world, ledger),
      ...(await checkCards(world, ledger)),
      ...(await checkSecrets(client, folders, history.pairs().map((pair) => pair.secretAccessKey))),
    ];
  });
}

function countWords({ attempts }: History): Record<string, number> {
  const words = attempts.map(({ said = "unanswered", acknowledged, pair }) => (pair ? `${said}, ${acknowledged?.said ?? "not acknowledged"}` : said));
  return words.reduce<Record<string, number>>((counts, word) => ({ ...counts, [word]: (counts[word] ?? 0) + 1 }), {});
}
