import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import type { Client } from "pg";
import { startOwnPortal } from "../fixtures/own-portal";
import type { PortalFacts } from "../fixtures/portal";
import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms } from "@/testing/rig/rig";
import { type Backend, drawKeyId, openBuiltin, openCeph } from "./backends";
import { type DashboardRotation, hasCephDashboard, startCephDashboard } from "./ceph-dashboard";
import {
  awaitRefusal,
  enableThroughPortal,
  rotateBare,
  rotateProved,
  rotateThroughApi,
  rotateThroughPortal,
} from "./changes";
import { composeTable, median, quantile } from "./figures";
import { makePlaces, openDatabase, type Place, waitUntilQuiet } from "./people";
import { closeConnections, type Pair } from "./signed-http";

/** Every person may change 20 keys a minute: this many people do not get near it. */
const PLACES = 48;
const AT_ONCE = 16;
/** One after the other, of each kind and on each storage system; then in rounds, 16 at once. */
const SINGLES = 40;
const ROUNDS = 5;
/**
 * Before all that, and not counted: portals run for weeks, and until Node has compiled what is used often one does less (16 at
 * once, by a quarter in the first 200 changes, by a tenth in the first 1,000).
 */
const WARM_UP_ROUNDS = 8;
const ROUND_CHANGES = 96;

const [LOAD_BEFORE = Number.NaN] = loadavg();

/** One way to make a change, with what was measured of it; times in milliseconds, rates a second. */
interface Way {
  title: string;
  change: (slot: number) => Promise<{ former: Pair; parts?: Record<string, number> }>;
  /** Until the last call's return. */
  returned: number[];
  /** From then until every gateway refuses the old key. */
  refused: number[];
  /** Both, which is what the bare calls do too. */
  whole: number[];
  parts: Record<string, number[]>;
  rates: number[];
}

/** The same change without the portal. */
interface Yardstick {
  title: string;
  change: (slot: number) => Promise<void>;
  /** In milliseconds, and changes a second. */
  times: number[];
  rates: number[];
}

interface Lane {
  title: string;
  backend: Backend;
  /** The bare calls first. */
  yardsticks: Yardstick[];
  ways: Way[];
}

/** Bare admin calls against the same change through the portal, storage system by storage system, in turn. */
async function main(): Promise<void> {
  const missing = findMissingPrograms();
  if (missing.length > 0) console.log(`Without Ceph, which needs ${missing.join(", ")}.`);
  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    closeConnections();
    for (const end of ends.splice(0).reverse()) await end();
  };
  // What was started would otherwise outlive whoever is told to end.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const rig = missing.length > 0 ? undefined : await startOwnRig(["plain", "plain"]);
    if (rig) ends.push(rig.stop);
    if (rig && !hasCephDashboard()) console.log("Without Ceph Dashboard, which needs ceph-mgr-dashboard.");
    const portal = await startOwnPortal();
    ends.push(portal.stop);
    const database = await openDatabase(portal.facts);
    ends.push(() => database.end());
    const builtin = await openBuiltin(portal.facts);
    const ceph = rig && (await openCeph(portal.facts, rig.rig));
    await describeMachine(database, rig !== undefined);
    const places = await makePlaces(portal.facts, database, PLACES);
    const lanes: Lane[] = [];
    for (const backend of ceph ? [builtin, ceph] : [builtin]) lanes.push(await prepare(portal.facts, backend, places));
    await measure(lanes, places, database);
    if (rig && ceph && hasCephDashboard()) {
      // Last, since its manager takes processor time of its own, and beside the bare calls once more.
      const lane = await prepareDashboard(ceph, await startCephDashboard(rig.rig), places);
      await measure([lane], places, database);
      lanes.push(lane);
    }
    report(lanes);
  } finally {
    await endAll();
  }
}

/** Makes all accounts and first keys. */
async function prepare(portal: PortalFacts, backend: Backend, places: Place[]): Promise<Lane> {
  for (const place of places) await backend.makeAccount(place.project);
  const lane: Lane = { title: backend.title, backend, yardsticks: [], ways: [] };
  const hold = await makeBarePairs(lane, places);
  hold("bare: create + delete", (account, former) => rotateBare(backend, account, former));
  hold("bare, and each key tried out", (account, former) => rotateProved(backend, account, former));
  const keys: Pair[] = [];
  for (const place of places) keys.push(await enableThroughPortal(place, backend));
  const open = (title: string, change: Way["change"]) =>
    lane.ways.push({ title, change, returned: [], refused: [], whole: [], parts: {}, rates: [] });
  open("through the API, one call", async (slot) => {
    const former = keys[slot] as Pair;
    keys[slot] = await rotateThroughApi(portal, places[slot] as Place, backend);
    return { former };
  });
  open("as the browser does, two calls", async (slot) => {
    const former = keys[slot] as Pair;
    const { key, regenerateMs, acknowledgeMs } = await rotateThroughPortal(places[slot] as Place, backend);
    keys[slot] = key;
    return { former, parts: { regenerate: regenerateMs, acknowledge: acknowledgeMs } };
  });
  return lane;
}

async function prepareDashboard(backend: Backend, rotate: DashboardRotation, places: Place[]): Promise<Lane> {
  const lane: Lane = { title: `${backend.title}, and its manager`, backend, yardsticks: [], ways: [] };
  const hold = await makeBarePairs(lane, places);
  hold("bare: create + delete", (account, former) => rotateBare(backend, account, former));
  hold("Ceph Dashboard's REST API, two calls", rotate);
  return lane;
}

/** Keys that are made without the portal. Gives what adds a yardstick that changes them. */
async function makeBarePairs({ backend, yardsticks }: Lane, places: Place[]) {
  const keys: Pair[] = [];
  for (const { project } of places) keys.push(await backend.makeKey(project, drawKeyId()));
  return (title: string, rotate: (account: string, former: Pair) => Promise<Pair>) => {
    const change = async (slot: number) =>
      void (keys[slot] = await rotate((places[slot] as Place).project, keys[slot] as Pair));
    yardsticks.push({ title, change, times: [], rates: [] });
  };
}

async function measure(lanes: Lane[], places: Place[], database: Client): Promise<void> {
  await measureRounds(lanes, places, database, WARM_UP_ROUNDS);
  for (const { rates } of lanes.flatMap(({ yardsticks, ways }) => [...yardsticks, ...ways])) rates.length = 0;
  await measureSingles(lanes, places, database);
  await measureRounds(lanes, places, database, ROUNDS);
}

async function measureSingles(lanes: Lane[], places: Place[], database: Client): Promise<void> {
  for (let index = 0; index < SINGLES; index += 1) {
    const slot = index % places.length;
    for (const { backend, yardsticks, ways } of inTurn(lanes, index)) {
      await waitUntilQuiet(database);
      for (const { change, times } of inTurn(yardsticks, index)) times.push(await time(() => change(slot)));
      for (const way of inTurn(ways, index)) {
        await places[slot]?.takePoint();
        await waitUntilQuiet(database);
        await measureSingle(backend, way, slot);
      }
    }
  }
}

async function measureSingle(backend: Backend, way: Way, slot: number): Promise<void> {
  const begin = performance.now();
  const { former, parts = {} } = await way.change(slot);
  const returned = performance.now() - begin;
  const refused = await awaitRefusal(backend, former);
  way.returned.push(returned);
  way.refused.push(refused);
  way.whole.push(returned + refused);
  for (const [part, ms] of Object.entries(parts)) (way.parts[part] ??= []).push(ms);
}

async function measureRounds(lanes: Lane[], places: Place[], database: Client, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of inTurn(lanes, round)) {
      for (const { change, rates } of lane.yardsticks) rates.push(await rate(change));
      for (const way of inTurn(lane.ways, round)) {
        for (let index = 0; index < ROUND_CHANGES; index += 1) await places[index % places.length]?.takePoint();
        await waitUntilQuiet(database);
        // A change is done when its old key is removed and refused, not when the caller has been answered.
        way.rates.push(
          await rate(
            async (slot) => void (await way.change(slot)),
            () => waitUntilQuiet(database),
          ),
        );
      }
    }
  }
}

const inTurn = <T>(things: readonly T[], index: number): T[] => (index % 2 === 0 ? [...things] : [...things].reverse());

async function time(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** Changes a second, 16 at once and never two of one project. */
async function rate(change: (slot: number) => Promise<void>, settle?: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_none, worker) => {
      for (let index = worker; index < ROUND_CHANGES; index += AT_ONCE) await change(index % PLACES);
    }),
  );
  await settle?.();
  return ROUND_CHANGES / ((performance.now() - begin) / 1_000);
}

async function describeMachine(database: Client, ceph: boolean): Promise<void> {
  const { rows } = await database.query<{ server_version: string }>("SHOW server_version");
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const version = ceph
    ? `, ${execFileSync("radosgw", ["--version"], { encoding: "utf8" }).split(" ").slice(0, 3).join(" ")}`
    : "";
  console.log(
    `${model}, ${cpus().length} cores, Node ${process.version}, PostgreSQL ${rows[0]?.server_version}${version}; everything on this machine`,
  );
  console.log(
    `Load before it began: ${LOAD_BEFORE.toFixed(1)}. Other work on the machine slows the portal more than the bare calls, which do less.\n`,
  );
}

function report(lanes: Lane[]): void {
  const ms = (values: readonly number[]) => [
    `${quantile(values, 0.5).toFixed(1)} ms`,
    `${quantile(values, 0.95).toFixed(1)} ms`,
  ];
  const times = (part: readonly number[], whole: readonly number[]) => `${(median(part) / median(whole)).toFixed(2)}×`;
  const rows = [["", "p50", "p95", "of the bare calls"]];
  for (const { title: storage, yardsticks, ways } of lanes) {
    rows.push([storage, "", "", ""]);
    const [{ times: bare, rates: bareRates } = { times: [], rates: [] }] = yardsticks;
    for (const { title, times: spent, rates } of yardsticks) {
      rows.push([`  ${title}`, ...ms(spent), times(spent, bare)]);
      rows.push([`    ${AT_ONCE} at once`, `${median(rates).toFixed(0)}/s`, "", times(rates, bareRates)]);
    }
    for (const way of ways) {
      rows.push([`  ${way.title}`, "", "", ""]);
      rows.push(["    until the old key is refused", ...ms(way.whole), times(way.whole, bare)]);
      rows.push(["      until the call's return", ...ms(way.returned), times(way.returned, bare)]);
      for (const [part, values] of Object.entries(way.parts)) rows.push([`        ${part}`, ...ms(values), ""]);
      rows.push(["      then, until the refusal", ...ms(way.refused), ""]);
      rows.push([`    ${AT_ONCE} at once`, `${median(way.rates).toFixed(1)}/s`, "", times(way.rates, bareRates)]);
    }
  }
  console.log(composeTable(rows));
  console.log(
    `\n${SINGLES} changes of each kind one after the other, then medians of ${ROUNDS} rounds of ${ROUND_CHANGES}; everything in turn, after ${WARM_UP_ROUNDS} rounds that do not count.`,
  );
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
