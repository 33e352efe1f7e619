import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "../random";
import type { FaultKind } from "./fault-kind";

export interface FaultCounts {
  faults: number;
  crashes: number;
  byKind: Record<string, number>;
}

const CHANCE_WITHOUT_REST = 0.12;
const STANDSTILL_MS = 6_000;
const POLL_MS = 50;

/**
 * When the next fault comes. It depends on the number of answered operations and not on the clock, so that a slow
 * machine has as many faults in a run as a fast one, and no more of them at a time.
 */
export interface FaultPace {
  /** The mean number of operations between two faults. */
  everyOperations: number;
  countOperations: () => number;
  /** Whether each kind comes once before any kind comes again. */
  eachOnceFirst: boolean;
}

/** Injects faults at random times until `isEnough`, and counts those that hit. Resolves when all of them are over. */
export async function injectFaults(
  kinds: readonly FaultKind[],
  random: Random,
  pace: FaultPace,
  counts: FaultCounts,
  isEnough: () => boolean,
): Promise<void> {
  const due = pace.eachOnceFirst ? alternate(kinds, random) : [];
  const lastInjected = new Map<string, number>();
  const inFlight = new Set<Promise<void>>();
  let injected = 0;
  while (!isEnough()) {
    await waitForOperations(pace, random.next() * 2 * pace.everyOperations, isEnough);
    await wait(random.between(0, 400));
    const kind = due.pop() ?? choose(kinds, random, lastInjected);
    lastInjected.set(kind.name, Date.now());
    injected += 1;
    const over = inject(kind, random.fork(String(injected))).then((hit) => {
      if (hit) count(counts, kind);
      // A kind that hit nothing is still due.
      else if (pace.eachOnceFirst && counts.byKind[kind.name] === undefined) due.unshift(kind);
    });
    inFlight.add(over);
    void over.then(() => inFlight.delete(over));
  }
  await Promise.all(inFlight);
}

/** Waits for so many operations, but no longer than 6 s when there are none. */
async function waitForOperations(
  { countOperations }: FaultPace,
  operations: number,
  isEnough: () => boolean,
): Promise<void> {
  const from = countOperations();
  const until = Date.now() + STANDSTILL_MS;
  while (countOperations() < from + operations && Date.now() < until && !isEnough()) await wait(POLL_MS);
}

async function inject(kind: FaultKind, random: Random): Promise<boolean> {
  try {
    return await kind.inject(random);
  } catch (error) {
    // For example: a process that is down already cannot be killed.
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

function choose(kinds: readonly FaultKind[], random: Random, lastInjected: ReadonlyMap<string, number>): FaultKind {
  const isRested = ({ name, restMs }: FaultKind) =>
    restMs === 0 || random.chance(CHANCE_WITHOUT_REST) || Date.now() - (lastInjected.get(name) ?? 0) > restMs;
  const rested = kinds.filter(isRested);
  let roll = random.next() * rested.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of rested) {
    roll -= kind.weight;
    if (roll < 0) return kind;
  }
  return random.pick(kinds);
}

/** All kinds in random order, but no crash follows a crash: several crashes in a row would leave nothing to break. */
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

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return Array.from({ length: left.length }, () => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}
