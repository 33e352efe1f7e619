import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startGateway } from "../rig/ceph";
import { findRunning, stopProgram } from "../rig/processes";
import type { TcpFault, TcpProxy } from "../rig/tcp-proxy";
import type { Random } from "./random";
import type { World } from "./world";

/** Something that goes wrong from outside. Resolves when it is over, with whether it has hit anything. */
export interface FaultKind {
  name: string;
  /** Whether it ends a process. */
  crash: boolean;
  /** How often it is chosen, beside the others. */
  weight: number;
  strike: (random: Random) => Promise<boolean>;
}

export interface FaultCounts {
  faults: number;
  crashes: number;
  byKind: Record<string, number>;
}

/** What the supervisor starts again at once only when it ran for a minute. */
const SUPERVISED_REST_MS = 61_000;
const REST_MS = 8_000;
const EVEN_SO = 0.12;
const STANDSTILL_MS = 6_000;
const STEP_POLL_MS = 50;
const UNMET_WITHIN_MS = 10_000;
const MET_FOR_MS = 600;

/** All kinds of faults that this world can have. */
export function listFaults(world: World): FaultKind[] {
  return [
    kill("kill web", () => killSupervised(world, "web")),
    kill("kill second web", async (random) => {
      if (world.second.pid() === undefined) return false;
      await world.second.kill();
      await pause(random.between(0, 2_500));
      await world.second.start();
      return true;
    }),
    kill("kill worker", () => killSupervised(world, "worker")),
    kill("kill built-in server", () => killSupervised(world, "builtin-s3")),
    kill("restart database", async (random) => {
      // A fast and an immediate shutdown, and a crash; the supervisor starts it again.
      const signal = random.pick(["SIGINT", "SIGQUIT", "SIGKILL"] as const);
      const [pid] = readFileSync(join(world.portal.facts.dataDir, "postgres/cluster/postmaster.pid"), "utf8").split("\n");
      return process.kill(Number(pid), signal);
    }),
    ...(world.rig?.gateways ?? []).map(({ name }, index) => killGateway(world, name, index)),
    ...listNetworkFaults(world),
  ];
}

/** The supervisor starts another. */
async function killSupervised({ portal }: World, name: string): Promise<boolean> {
  return process.kill(await portal.pidOf(name), "SIGKILL");
}

function kill(name: string, strike: FaultKind["strike"]): FaultKind {
  return { name, crash: true, weight: 5, strike };
}

function killGateway({ rig }: World, name: string, index: number): FaultKind {
  return kill("kill radosgw", async (random) => {
    const folder = rig?.options.folder ?? "";
    if (findRunning(folder, name) === undefined) return false;
    await stopProgram(folder, name, "SIGKILL");
    await pause(random.between(0, 2_500));
    startGateway(folder, index);
    return true;
  });
}

function listNetworkFaults(world: World): FaultKind[] {
  const proxies = world.backends.flatMap((backend) => backend.proxies.map(({ proxy }) => proxy));
  const onNetwork = (name: string, draw: (random: Random) => TcpFault): FaultKind => ({
    name,
    crash: false,
    weight: 6,
    strike: (random) => befallOnce(random.pick(proxies), draw(random), random.between(600, 5_000)),
  });
  return [
    onNetwork("delay", (random) => ({ what: "delay", ms: random.between(200, 4_000) })),
    onNetwork("drop", () => ({ what: "drop" })),
    onNetwork("truncate", (random) => ({ what: "truncate", bytes: random.between(0, 300) })),
    onNetwork("reset before", () => ({ what: "reset-before" })),
    onNetwork("reset after", () => ({ what: "reset-after" })),
    onNetwork("strand", (random) => ({ what: "strand", ms: random.between(100, 9_000) })),
    onNetwork("garbage", () => ({ what: "garbage" })),
    onNetwork("error", () => ({ what: "error" })),
    onNetwork("refuse", () => ({ what: "refuse" })),
  ];
}

/**
 * A proxy has a fault for so long, and where nobody comes to it until then, a while longer. False when nobody came:
 * no connection was opened, and no byte passed.
 */
export async function befallOnce(proxy: TcpProxy, fault: TcpFault, ms: number, unmetMs = UNMET_WITHIN_MS): Promise<boolean> {
  let met = false;
  // The proxy asks what it is to do whenever somebody connects and whenever bytes come, and at no other time.
  const noted = Object.defineProperty({ ...fault }, "what", { get: () => ((met = true), fault.what) });
  const end = proxy.befall(noted);
  await pause(ms);
  const until = Date.now() + unmetMs;
  if (!met) {
    while (!met && Date.now() < until) await pause(STEP_POLL_MS);
    // What came has a reply, which is to meet it too.
    if (met) await pause(MET_FOR_MS);
  }
  end();
  return met;
}

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
  const isRested = ({ name, crash }: FaultKind) => {
    if (!crash || random.chance(EVEN_SO)) return true;
    const supervised = ["kill web", "kill worker", "kill built-in server"].includes(name);
    return Date.now() - (struck.get(name) ?? 0) > (supervised ? SUPERVISED_REST_MS : REST_MS);
  };
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
  const [crashes, others] = [true, false].map((crash) => shuffle(kinds.filter((kind) => kind.crash === crash), random)) as [FaultKind[], FaultKind[]];
  return Array.from({ length: Math.max(crashes.length, others.length) }, (_none, index) => [crashes[index] ?? [], others[index] ?? []]).flat(2);
}

function shuffle<T>(of: readonly T[], random: Random): T[] {
  const left = [...of];
  return Array.from({ length: left.length }, () => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}
