import { join } from "node:path";
import { checkHistory, checkLateWrites } from "./check-history";
import { checkCards, checkOrphans, checkPairs, checkSettled, checkSuspensions } from "./check-keys";
import { checkSecrets, readOwnSecrets } from "./check-secrets";
import { countAnswered, countOperations, drive } from "./driver";
import { keepEvidence } from "./evidence";
import type { FaultKind } from "./fault-kind";
import { History } from "./history";
import { readLedger } from "./ledger";
import { createRandom } from "./random";
import { settleBy } from "./settle";
import { type FaultCounts, unleash } from "./inject-faults";
import type { Violation } from "./violation";
import { checkAnswer, type Tried, watchTheDead } from "./watch";
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
  /** How many changes programs ask for with a token, the others browsers. */
  programs: number;
  /** Which faults there are. */
  faultsOf: (world: World) => FaultKind[];
  /** Each kind of fault once before any comes again. */
  eachOnceFirst: boolean;
  /** Whether it is long enough for every check to have something to try. */
  full: boolean;
}

export interface StormReport extends FaultCounts {
  seed: number;
  operations: number;
  answered: number;
  said: Record<string, number>;
  pairs: number;
  stormSeconds: number;
  settledAfterSeconds: number;
  tried: Tried;
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
  const tried: Tried = { issued: 0, stillWork: 0 };
  const kinds = options.faultsOf(world);
  const isEnough = () =>
    countAnswered(history) >= options.operations &&
    counts.faults >= options.faults &&
    (!options.eachOnceFirst ||
      options.faults < kinds.length ||
      kinds.every(({ name }) => counts.byKind[name] !== undefined));
  const watched = watchTheDead(world, history, violations, random.fork("watch"), over.signal);
  const pace = {
    everySteps: options.operations / options.faults,
    readSteps: () => countAnswered(history),
    eachOnceFirst: options.eachOnceFirst,
  };
  const faults = unleash(kinds, random.fork("faults"), pace, counts, isEnough);
  await drive(world, history, random.fork("people"), {
    isEnough,
    atOnce: options.atOnce,
    crowd: options.crowd,
    readForget: () => (Date.now() - begun < options.forgetForMs ? options.forget : 0),
    programs: options.programs,
    onAnswer: (attempt) => checkAnswer(world, history, { found: violations, tried }, attempt),
  });
  await faults;
  over.abort();
  await watched;
  const stormSeconds = (Date.now() - begun) / 1_000;

  const calm = Date.now();
  await waitUntilUp(world);
  const settled = await settleBy(calm + options.settleSeconds * 1_000, () => isSettled(world));
  const settledAfterSeconds = ((settled ?? Date.now()) - calm) / 1_000;
  violations.push(...(await checkEverything(world, history)));
  if (options.full && tried.stillWork === 0) {
    violations.push({
      kind: "unchecked",
      what: "no refusal said that the current keys still work, or it could not be tried out",
    });
  }
  return {
    ...counts,
    seed: options.seed,
    operations: countOperations(history),
    answered: countAnswered(history),
    said: countWords(history),
    pairs: history.pairs().length,
    stormSeconds,
    settledAfterSeconds,
    tried,
    violations,
    evidence: violations.length > 0 ? await keepEvidence(world, history, options.seed) : undefined,
  };
}

async function isSettled({ databaseUrl, backends }: World): Promise<boolean> {
  const ledger = await withDatabase(databaseUrl, readLedger);
  return checkSettled(ledger).length === 0 && (await checkOrphans(backends, ledger)).length === 0;
}

/** Reads every storage system and the database past the portal, and tries every pair that was ever delivered. */
async function checkEverything(world: World, history: History): Promise<Violation[]> {
  return withDatabase(world.databaseUrl, async (client) => {
    const ledger = await readLedger(client);
    const folders = [world.portal.facts.dataDir, ...(world.rig ? [join(world.rig.options.folder, "log")] : [])];
    const pairs = history.pairs().map((pair) => pair.secretAccessKey);
    const secrets = { pairs, own: readOwnSecrets(world), tokens: world.people.map(({ token }) => token) };
    return [
      ...checkSettled(ledger),
      ...(await listFound("the storage systems' lists", () => checkOrphans(world.backends, ledger))),
      ...(await listFound("the suspensions", () => checkSuspensions(world.backends, ledger))),
      ...(await listFound("the pairs", () => checkPairs(world, history, ledger))),
      ...checkHistory(world, history, ledger),
      ...checkLateWrites(world, ledger),
      ...(await listFound("the cards", () => checkCards(world, ledger))),
      ...(await checkSecrets(client, folders, secrets)),
    ];
  });
}

/** What cannot be read long after nothing hinders it is a violation, and no reason to leave out the other checks. */
async function listFound(what: string, check: () => Promise<Violation[]>): Promise<Violation[]> {
  try {
    return await check();
  } catch (error) {
    return [{ kind: "unsettled", what: `${what} could not be checked: ${String(error)}` }];
  }
}

function countWords({ attempts }: History): Record<string, number> {
  const words = attempts.map(({ said = "unanswered", by, acknowledged, pair }) => {
    if (!pair) return said;
    return `${said}, ${by === "program" ? "in the reply" : (acknowledged?.said ?? "not acknowledged")}`;
  });
  return words.reduce<Record<string, number>>((counts, word) => ({ ...counts, [word]: (counts[word] ?? 0) + 1 }), {});
}
