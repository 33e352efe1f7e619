import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import type { Client } from "pg";
import { startOwnPortal } from "../fixtures/own-portal";
import { startOwnRig } from "../rig/own-rig";
import { findMissingPrograms } from "../rig/rig";
import { type Backend, drawKeyId, openBuiltin, openCeph } from "./backends";
import { awaitRefusal, enableThroughPortal, rotateBare, rotateThroughPortal } from "./changes";
import { composeTable, median, quantile } from "./figures";
import { makePlaces, openDatabase, type Place, waitUntilQuiet } from "./people";
import { closeConnections, type Pair } from "./signed-http";

/** Every person may change 20 keys a minute: this many people do not get near it. */
const PLACES = 48;
const AT_ONCE = 16;
/** One after the other, of each kind and on each storage system; then in rounds, 16 at once. */
const SINGLES = 40;
const ROUNDS = 3;
const ROUND_CHANGES = 96;

const [LOAD_BEFORE = Number.NaN] = loadavg();

/** A backend with what was measured on it; times in milliseconds, rates a second. */
interface Lane {
  backend: Backend;
  bareIds: string[];
  pairs: Pair[];
  bare: number[];
  portal: number[];
  /** With the removal that the bare calls do too. */
  whole: number[];
  regenerate: number[];
  acknowledge: number[];
  refused: number[];
  bareRates: number[];
  portalRates: number[];
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
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const rig = missing.length > 0 ? undefined : await startOwnRig(["plain", "plain"]);
    if (rig) ends.push(rig.stop);
    const portal = await startOwnPortal();
    ends.push(portal.stop);
    const database = await openDatabase(portal.facts);
    ends.push(() => database.end());
    const backends = [await openBuiltin(portal.facts), ...(rig ? [await openCeph(portal.facts, rig.rig)] : [])];
    await describeMachine(database, rig !== undefined);
    const places = await makePlaces(portal.facts, database, PLACES);
    const lanes = await prepare(backends, places);
    await measureSingles(lanes, places, database);
    await measureRounds(lanes, places, database);
    report(lanes);
  } finally {
    await endAll();
  }
}

/** Makes all accounts and first keys, which also warms everything up. */
async function prepare(backends: Backend[], places: Place[]): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const backend of backends) {
    const bareIds: string[] = [];
    const pairs: Pair[] = [];
    for (const place of places) {
      const id = drawKeyId();
      await backend.makeAccount(place.project);
      await backend.makeKey(place.project, id);
      bareIds.push(id);
      pairs.push(await enableThroughPortal(place, backend));
    }
    lanes.push({ backend, bareIds, pairs, bare: [], portal: [], whole: [], regenerate: [], acknowledge: [], refused: [], bareRates: [], portalRates: [] });
  }
  return lanes;
}

async function measureSingles(lanes: Lane[], places: Place[], database: Client): Promise<void> {
  for (let index = 0; index < SINGLES; index += 1) {
    const slot = index % places.length;
    const place = places[slot] as Place;
    for (const lane of index % 2 === 0 ? lanes : [...lanes].reverse()) {
      await place.takePoint();
      await waitUntilQuiet(database);
      const begin = performance.now();
      await changeBare(lane, places, slot);
      lane.bare.push(performance.now() - begin);

      const former = lane.pairs[slot] as Pair;
      const { pair, regenerateMs, acknowledgeMs } = await rotateThroughPortal(place, lane.backend);
      lane.pairs[slot] = pair;
      const refusedMs = await awaitRefusal(lane.backend, former);
      lane.refused.push(refusedMs);
      lane.regenerate.push(regenerateMs);
      lane.acknowledge.push(acknowledgeMs);
      lane.portal.push(regenerateMs + acknowledgeMs);
      lane.whole.push(regenerateMs + acknowledgeMs + refusedMs);
    }
  }
}

async function measureRounds(lanes: Lane[], places: Place[], database: Client): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const lane of lanes) {
      lane.bareRates.push(await rate((slot) => changeBare(lane, places, slot)));
      for (let index = 0; index < ROUND_CHANGES; index += 1) await places[index % places.length]?.takePoint();
      await waitUntilQuiet(database);
      // A change is done when its old key is removed and refused, not when the caller has been answered.
      const quiet = () => waitUntilQuiet(database);
      const change = async (slot: number) => {
        lane.pairs[slot] = (await rotateThroughPortal(places[slot] as Place, lane.backend)).pair;
      };
      lane.portalRates.push(await rate(change, quiet));
    }
  }
}

async function changeBare(lane: Lane, places: Place[], slot: number): Promise<void> {
  lane.bareIds[slot] = await rotateBare(lane.backend, places[slot]?.project ?? "", lane.bareIds[slot] ?? "");
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
  const version = ceph ? `, ${execFileSync("radosgw", ["--version"], { encoding: "utf8" }).split(" ").slice(0, 3).join(" ")}` : "";
  console.log(`${model}, ${cpus().length} cores, Node ${process.version}, PostgreSQL ${rows[0]?.server_version}${version}; everything on this machine`);
  console.log(`Load before it began: ${LOAD_BEFORE.toFixed(1)}. Other work on the machine slows the portal more than the bare calls, which do less.\n`);
}

function report(lanes: Lane[]): void {
  const ms = (values: readonly number[], share: number) => `${quantile(values, share).toFixed(1)} ms`;
  const times = (part: readonly number[], whole: readonly number[]) => `${(median(part) / median(whole)).toFixed(2)}×`;
  const rows = [["", "p50", "p95", "of the bare calls"]];
  for (const { backend, ...lane } of lanes) {
    rows.push([backend.title, "", "", ""]);
    rows.push(["  bare: create + delete", ms(lane.bare, 0.5), ms(lane.bare, 0.95), ""]);
    rows.push(["  portal, until the old pair is refused", ms(lane.whole, 0.5), ms(lane.whole, 0.95), times(lane.whole, lane.bare)]);
    rows.push(["    until the call's return", ms(lane.portal, 0.5), ms(lane.portal, 0.95), times(lane.portal, lane.bare)]);
    rows.push(["      regenerate", ms(lane.regenerate, 0.5), ms(lane.regenerate, 0.95), ""]);
    rows.push(["      acknowledge", ms(lane.acknowledge, 0.5), ms(lane.acknowledge, 0.95), ""]);
    rows.push(["    then, until the refusal", ms(lane.refused, 0.5), ms(lane.refused, 0.95), ""]);
    rows.push([`  bare, ${AT_ONCE} at once`, `${median(lane.bareRates).toFixed(0)}/s`, "", ""]);
    rows.push([`  portal, ${AT_ONCE} at once`, `${median(lane.portalRates).toFixed(1)}/s`, "", times(lane.portalRates, lane.bareRates)]);
  }
  console.log(composeTable(rows));
  console.log(`\n${SINGLES} changes one after the other, then medians of ${ROUNDS} rounds of ${ROUND_CHANGES}; bare and portal, and the storage systems, in turn.`);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
