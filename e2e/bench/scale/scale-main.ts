import { cpus, loadavg } from "node:os";
import { Client } from "pg";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type OwnPortal, startOwnPortal } from "../../fixtures/own-portal";
import { composeTable, quantile } from "../figures";
import { closeConnections } from "../signed-http";
import { fill } from "./fill";
import { composeRequests, type Measured, signInCallers } from "./requests";
import { readProcessorTimes, spentBetween } from "./processor-time";
import { composeRounds } from "./rounds";

/** Small and large: the number of keys, and of audit rows. */
const SIZES = [10_000, 1_000_000] as const;
/** Node compiles what runs often. These do not count. */
const WARM_UP = 5;
const SAMPLES = 30;
/** On a busy machine a measurement ends after this time, with fewer samples. The whole run then takes 10 minutes. */
const MEASURE_WITHIN_MS = 150_000;
const P95_MAX_MS = 50;
const GROWTH_MAX = 1.5;
/** A growth by less than this is nothing that a person or a server feels. */
const GROWTH_FROM_MS = 2;

/** Milliseconds of one thing. Other work on the machine makes the time longer, and the processor time much less so. */
interface Figures {
  time: number[];
  processor: number[];
  aimMs: number;
}
type Measurement = Map<string, Figures>;

const begin = performance.now();
const tell = (line: string) =>
  console.log(`${((performance.now() - begin) / 1_000).toFixed(0).padStart(4)} s  ${line}`);

/** Measures pages, polls, lists, searches, the API and the worker's rounds, with few keys and with many. */
async function main(): Promise<void> {
  tell(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}; load ${loadavg()[0]?.toFixed(1)}`);
  const ends: (() => Promise<void> | void)[] = [];
  const endAll = async () => {
    closeConnections();
    for (const end of ends.splice(0).reverse()) await end();
  };
  // Without this, the portal would outlive this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const portal = await startOwnPortal();
    ends.push(portal.stop);
    tell("the portal is ready");
    const superuser = await connect(portal, "postgres", "superuserPassword");
    ends.push(() => superuser.end());
    const database = await connect(portal, "latchkey", "password");
    ends.push(() => database.end());
    const callers = await signInCallers(portal.facts);
    // The storage system does not have the keys that are made up here. The worker would look for them.
    const worker = await portal.pidOf("worker");
    process.kill(worker, "SIGSTOP");
    ends.push(() => void process.kill(worker, "SIGCONT"));
    const web = await portal.pidOf("web");
    const measured: Measurement[] = [];
    let from = 0;
    for (const size of SIZES) {
      await fill(superuser, from, size, (line) => tell(`${size} keys: ${line}`));
      from = size;
      const requests = await composeRequests(portal.facts.url, callers, database);
      measured.push(await measure(web, [...requests, ...(await composeRounds(database))]));
      tell(`${size} keys: measured; load ${loadavg()[0]?.toFixed(1)}`);
    }
    for (const part of ["time", "processor"] as const) report(part, measured);
  } finally {
    await endAll();
    tell("over");
  }
}

async function connect(portal: OwnPortal, user: string, secret: "password" | "superuserPassword"): Promise<Client> {
  const text = await readFile(join(portal.facts.dataDir, "database.json"), "utf8");
  const settings = JSON.parse(text) as { port: number; password: string; superuserPassword: string };
  const { port } = settings;
  const database = new Client({ host: "127.0.0.1", port, user, password: settings[secret], database: "latchkey" });
  await database.connect();
  return database;
}

/** One of each thing after the other, so that what happens beside it hits all alike. */
async function measure(web: number, things: Measured[]): Promise<Measurement> {
  const measured: Measurement = new Map(
    things.map(({ name, aimMs = P95_MAX_MS }) => [name, { time: [], processor: [], aimMs }]),
  );
  const until = performance.now() + MEASURE_WITHIN_MS;
  for (let round = -WARM_UP; round < SAMPLES && (round < 1 || performance.now() < until); round += 1) {
    for (const { name, run } of things) {
      const before = readProcessorTimes(web);
      const start = performance.now();
      await run();
      const time = performance.now() - start;
      const processor = spentBetween(before, readProcessorTimes(web));
      if (round < 0) continue;
      measured.get(name)?.time.push(time);
      measured.get(name)?.processor.push(processor);
    }
    if (round % 10 === 0) tell(`round ${round}`);
  }
  return measured;
}

const count = (measurement: Measurement | undefined) => measurement?.get("S3 Keys")?.time.length ?? 0;

const TITLES = {
  time: "Time until the whole answer is there",
  processor: "Processor time of the web process and of PostgreSQL together",
};

function report(part: "time" | "processor", [small, large]: Measurement[]): void {
  const [few, many] = SIZES.map((size) => size.toLocaleString("en"));
  const rows = [[TITLES[part], `p50 at ${few}`, "p95", `p50 at ${many}`, "p95", "growth", ""]];
  let missed = 0;
  for (const [name, { [part]: after, aimMs }] of large ?? []) {
    const before = small?.get(name)?.[part] ?? [];
    const figures = [quantile(before, 0.5), quantile(before, 0.95), quantile(after, 0.5), quantile(after, 0.95)];
    const [p50Before = 0, , p50After = 0, p95After = 0] = figures;
    const growth = p50After / p50Before;
    const grows = growth > GROWTH_MAX && p50After - p50Before > GROWTH_FROM_MS;
    const misses = [p95After > aimMs ? "p95" : "", grows ? "growth" : ""].filter(Boolean);
    missed += misses.length > 0 ? 1 : 0;
    const told = misses.length > 0 ? `misses: ${misses.join(", ")}` : "";
    rows.push([name, ...figures.map((ms) => `${ms.toFixed(1)} ms`), `${growth.toFixed(2)}×`, told]);
  }
  console.log(`\n${composeTable(rows)}`);
  console.log(
    `\n${count(small)} and ${count(large)} of each. The aim: p95 at most ${P95_MAX_MS} ms, 150 ms for lists of people and projects, 300 ms for the audit log; p50 grows at most ${GROWTH_MAX}-fold. ${missed} miss it.\n`,
  );
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
