import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import type { Client } from "pg";
import { startOwnPortal } from "../fixtures/own-portal";
import type { AccessKey } from "../fixtures/access-key";
import type { PortalFacts } from "../fixtures/portal";
import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms } from "@/testing/rig/rig";
import { type Backend, createKeyId, openBuiltin, openCeph } from "./backends";
import { type DashboardRotation, hasCephDashboard, startCephDashboard } from "./ceph-dashboard";
import {
  awaitRefusal,
  enableThroughPortal,
  rotateBare,
  rotateVerified,
  rotateThroughApi,
  rotateThroughPortal,
} from "./changes";
import { composeTable, median, quantile } from "./figures";
import { createPlaces, openDatabase, type Place, waitUntilQuiet } from "./people";
import { closeConnections } from "./signed-http";

/** A user may change 20 keys a minute. With so many users the benchmark waits for that limit four times. */
const PLACES = 48;
const AT_ONCE = 16;
/** First 40 changes of each kind one after the other, then rounds of 96 changes, 16 at once. */
const SINGLES = 40;
const ROUNDS = 4;
/**
 * Rounds before the measurement. A portal runs for weeks, and Node is slower until it has compiled the hot code: at 16 at
 * once, a quarter slower in the first 200 changes and a tenth in the first 1,000. Each way changes 384 keys in these.
 */
const WARM_UP_ROUNDS = 4;
const ROUND_CHANGES = 96;

const [LOAD_BEFORE = Number.NaN] = loadavg();

/** A way to change keys through the portal, and its measurements. Times are milliseconds, rates are changes a second. */
interface Way {
  title: string;
  change: (slot: number) => Promise<{ former: AccessKey; parts?: Record<string, number> }>;
  /** Until the last call has returned. */
  returned: number[];
  /** From the return until every gateway refuses the old key. */
  refused: number[];
  /** Both together. The bare calls do as much. */
  whole: number[];
  parts: Record<string, number[]>;
  rates: number[];
}

/** The same change without the portal, to compare with. */
interface Baseline {
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
  baselines: Baseline[];
  ways: Way[];
}

/** Compares a change of keys through the portal with the bare admin calls of each storage system. */
async function main(): Promise<void> {
  const missing = findMissingPrograms();
  if (missing.length > 0) console.log(`Without Ceph, which needs ${missing.join(", ")}.`);
  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    closeConnections();
    for (const end of ends.splice(0).reverse()) await end();
  };
  // Without this, the started programs would outlive this process.
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
    const places = await createPlaces(portal.facts, database, PLACES);
    const lanes: Lane[] = [];
    for (const backend of ceph ? [builtin, ceph] : [builtin]) lanes.push(await prepare(portal.facts, backend, places));
    await measure(lanes, places, database);
    if (rig && ceph && hasCephDashboard()) {
      // Last, because its manager takes processor time. The bare calls are measured once more beside it.
      const lane = await prepareDashboard(ceph, await startCephDashboard(rig.rig), places);
      await measure([lane], places, database);
      lanes.push(lane);
    }
    report(lanes);
  } finally {
    await endAll();
  }
}

/** Creates all accounts and their first keys. */
async function prepare(portal: PortalFacts, backend: Backend, places: Place[]): Promise<Lane> {
  for (const place of places) await backend.createAccount(place.project);
  const lane: Lane = { title: backend.title, backend, baselines: [], ways: [] };
  const hold = await createBareKeys(lane, places);
  hold("bare: create + delete", (account, former) => rotateBare(backend, account, former));
  hold("bare, and each key verified", (account, former) => rotateVerified(backend, account, former));
  const keys: AccessKey[] = [];
  for (const place of places) keys.push(await enableThroughPortal(place, backend));
  const open = (title: string, change: Way["change"]) =>
    lane.ways.push({ title, change, returned: [], refused: [], whole: [], parts: {}, rates: [] });
  open("through the API, one call", async (slot) => {
    const former = keys[slot] as AccessKey;
    keys[slot] = await rotateThroughApi(portal, places[slot] as Place, backend);
    return { former };
  });
  open("as the browser does, two calls", async (slot) => {
    const former = keys[slot] as AccessKey;
    const { key, regenerateMs, acknowledgeMs } = await rotateThroughPortal(places[slot] as Place, backend);
    keys[slot] = key;
    return { former, parts: { regenerate: regenerateMs, acknowledge: acknowledgeMs } };
  });
  return lane;
}

async function prepareDashboard(backend: Backend, rotate: DashboardRotation, places: Place[]): Promise<Lane> {
  const lane: Lane = { title: `${backend.title}, and its manager`, backend, baselines: [], ways: [] };
  const hold = await createBareKeys(lane, places);
  hold("bare: create + delete", (account, former) => rotateBare(backend, account, former));
  hold("Ceph Dashboard's REST API, two calls", rotate);
  return lane;
}

/** Creates keys without the portal. Returns a function that adds a baseline which changes these keys. */
async function createBareKeys({ backend, baselines }: Lane, places: Place[]) {
  const keys: AccessKey[] = [];
  for (const { project } of places) keys.push(await backend.createKey(project, createKeyId()));
  return (title: string, rotate: (account: string, former: AccessKey) => Promise<AccessKey>) => {
    const change = async (slot: number) =>
      void (keys[slot] = await rotate((places[slot] as Place).project, keys[slot] as AccessKey));
    baselines.push({ title, change, times: [], rates: [] });
  };
}

async function measure(lanes: Lane[], places: Place[], database: Client): Promise<void> {
  await measureRounds(lanes, places, database, WARM_UP_ROUNDS);
  for (const { rates } of lanes.flatMap(({ baselines, ways }) => [...baselines, ...ways])) rates.length = 0;
  await measureSingles(lanes, places, database);
  await measureRounds(lanes, places, database, ROUNDS);
}

async function measureSingles(lanes: Lane[], places: Place[], database: Client): Promise<void> {
  console.log(`${SINGLES} changes of each kind, one after the other.`);
  for (let index = 0; index < SINGLES; index += 1) {
    const slot = index % places.length;
    for (const { backend, baselines, ways } of alternate(lanes, index)) {
      await waitUntilQuiet(database);
      for (const { change, times } of alternate(baselines, index)) times.push(await time(() => change(slot)));
      for (const way of alternate(ways, index)) {
        await places[slot]?.waitForRateLimit();
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
    console.log(`Round ${round + 1} of ${rounds}, ${AT_ONCE} at once.`);
    for (const lane of alternate(lanes, round)) {
      for (const { change, rates } of lane.baselines) rates.push(await rate(change));
      for (const way of alternate(lane.ways, round)) {
        for (let index = 0; index < ROUND_CHANGES; index += 1) await places[index % places.length]?.waitForRateLimit();
        await waitUntilQuiet(database);
        // A change ends when its old key is removed and refused, not when the call returns.
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

const alternate = <T>(things: readonly T[], index: number): T[] =>
  index % 2 === 0 ? [...things] : [...things].reverse();

async function time(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** Changes a second, 16 at once, never two of one project. */
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
    `Load before the start: ${LOAD_BEFORE.toFixed(1)}. Other work on the machine slows the portal more than the bare calls, which do less.\n`,
  );
}

function report(lanes: Lane[]): void {
  const ms = (values: readonly number[]) => [
    `${quantile(values, 0.5).toFixed(1)} ms`,
    `${quantile(values, 0.95).toFixed(1)} ms`,
  ];
  const times = (part: readonly number[], whole: readonly number[]) => `${(median(part) / median(whole)).toFixed(2)}×`;
  const rows = [["", "p50", "p95", "of the bare calls"]];
  for (const { title: storage, baselines, ways } of lanes) {
    rows.push([storage, "", "", ""]);
    const [{ times: bare, rates: bareRates } = { times: [], rates: [] }] = baselines;
    for (const { title, times: spent, rates } of baselines) {
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
    `\n${SINGLES} changes of each kind one after the other, then medians of ${ROUNDS} rounds of ${ROUND_CHANGES}; in alternating order, after ${WARM_UP_ROUNDS} rounds of warm-up.`,
  );
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
