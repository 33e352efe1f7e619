import { setTimeout as pause } from "node:timers/promises";
import type { FaultKind } from "./fault-kind";
import type { Random } from "./random";

export interface FaultCounts {
  faults: number;
  crashes: number;
  byKind: Record<string, number>;
}

const EVEN_SO = 0.12;
const STANDSTILL_MS = 6_000;
const STEP_POLL_MS = 50;

/** Faults come with what is going on and not with the clock: a slow machine has as many, and no more at once. */
export interface FaultPace {
  /** The mean number of steps between two. */
  everySteps: number;
  readSteps: () => number;
  /** Each kind once before any comes again. */
  eachOnceFirst: boolean;
}

/** Strikes with faults at random times, and counts those that hit, until it is enough; resolves when all are over. */
export async function unleash(
  kinds: readonly FaultKind[],
  random: Random,
  pace: FaultPace,
  counts: FaultCounts,
  isEnough: () => boolean,
): Promise<void> {
  const due = pace.eachOnceFirst ? alternate(kinds, random) : [];
  const struck = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let strikes = 0;
  while (!isEnough()) {
    await waitForSteps(pace, random.next() * 2 * pace.everySteps, isEnough);
    await pause(random.between(0, 400));
    const kind = due.pop() ?? choose(kinds, random, struck);
    struck.set(kind.name, Date.now());
    strikes += 1;
    const over = strike(kind, random.fork(String(strikes))).then((hit) => {
      if (hit) count(counts, kind);
      // Its turn has not been yet.
      else if (pace.eachOnceFirst && counts.byKind[kind.name] === undefined) due.unshift(kind);
    });
    underWay.add(over);
    void over.then(() => underWay.delete(over));
  }
  await Promise.all(underWay);
}

/** Nothing goes on for ever: where no step is made any more, another fault comes too. */
async function waitForSteps({ readSteps }: FaultPace, steps: number, isEnough: () => boolean): Promise<void> {
  const from = readSteps();
  const until = Date.now() + STANDSTILL_MS;
  while (readSteps() < from + steps && Date.now() < until && !isEnough()) await pause(STEP_POLL_MS);
}

async function strike(kind: FaultKind, random: Random): Promise<boolean> {
  try {
    return await kind.strike(random);
  } catch (error) {
    // What is down already cannot be killed.
    if (!(error instanceof Error)) throw error;
    console.error(`  ${kind.name}: ${error.message}`);
    return false;
  }
}

function count(counts: FaultCounts, { name, crash }: FaultKind): void {
  counts.faults += 1;
  counts.crashes += crash ? 1 : 0;
  counts.byKind[name] = (counts.byKind[name] ?? 0) + 1;
}

function choose(kinds: readonly FaultKind[], random: Random, struck: ReadonlyMap<string, number>): FaultKind {
  const isRested = ({ name, restMs }: FaultKind) =>
    restMs === 0 || random.chance(EVEN_SO) || Date.now() - (struck.get(name) ?? 0) > restMs;
  const rested = kinds.filter(isRested);
  let roll = random.next() * rested.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of rested) {
    roll -= kind.weight;
    if (roll < 0) return kind;
  }
  return random.pick(kinds);
}

/** All kinds, shuffled, with the crashes apart: at once they would only leave nothing to break. */
function alternate(kinds: readonly FaultKind[], random: Random): FaultKind[] {
  const [crashes, others] = [true, false].map((crash) =>
    shuffle(
      kinds.filter((kind) => kind.crash === crash),
      random,
    ),
  ) as [FaultKind[], FaultKind[]];
  return Array.from({ length: Math.max(crashes.length, others.length) }, (_none, index) => [
    crashes[index] ?? [],
    others[index] ?? [],
  ]).flat(2);
}

function shuffle<T>(of: readonly T[], random: Random): T[] {
  const left = [...of];
  return Array.from({ length: left.length }, () => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}
