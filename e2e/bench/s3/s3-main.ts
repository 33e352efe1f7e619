import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { S3Connection } from "./s3-connection";
import { type BenchServer, startServer } from "./s3-server";

const ROUNDS = 7;
const SMALL = randomBytes(1024);
const LARGE = randomBytes(10 * 1024 * 1024);
/** The number of objects that small requests use. */
const NAMES = 500;

interface Case {
  name: string;
  /** How often in a round. */
  count: number;
  atOnce: number;
  /** The size of the object. */
  bytes: number;
  bare: (index: number) => Promise<unknown>;
  server: (connection: S3Connection, index: number) => Promise<unknown>;
}

interface Samples {
  bare: number[];
  server: number[];
  cpu: number;
  done: number;
}

const [script = "", folder = ""] = process.argv.slice(2);
const bareFolder = path.join(folder, "bare");
mkdirSync(bareFolder, { recursive: true });

/** The cost of storing without a server: the two hashes of S3, and a file that survives a power failure. */
async function storeBare(name: string, data: Buffer): Promise<void> {
  createHash("sha256").update(data).digest();
  createHash("md5").update(data).digest();
  const file = path.join(bareFolder, name);
  const handle = await open(`${file}.new`, "w");
  await handle.writeFile(data);
  await handle.sync();
  await handle.close();
  await rename(`${file}.new`, file);
}

const small = (index: number) => `small-${index % NAMES}`;
const large = (index: number) => `large-${index % 4}`;
const CASES: Case[] = [
  ...[1, 16].flatMap((atOnce): Case[] => [
    {
      name: `PUT 1 KB, ${atOnce} at once`,
      count: NAMES,
      atOnce,
      bytes: SMALL.length,
      bare: (index) => storeBare(small(index), SMALL),
      server: (connection, index) => connection.send("PUT", `/bench/${small(index)}`, SMALL),
    },
    {
      name: `GET 1 KB, ${atOnce} at once`,
      count: 2 * NAMES,
      atOnce,
      bytes: SMALL.length,
      bare: (index) => readFile(path.join(bareFolder, small(index))),
      server: (connection, index) => connection.send("GET", `/bench/${small(index)}`),
    },
  ]),
  {
    name: "PUT 10 MB",
    count: 8,
    atOnce: 1,
    bytes: LARGE.length,
    bare: (index) => storeBare(large(index), LARGE),
    server: (connection, index) => connection.send("PUT", `/bench/${large(index)}`, LARGE),
  },
  {
    name: "GET 10 MB",
    count: 8,
    atOnce: 1,
    bytes: LARGE.length,
    bare: (index) => readFile(path.join(bareFolder, large(index))),
    server: (connection, index) => connection.send("GET", `/bench/${large(index)}`),
  },
];

/** Does the work `count` times, `atOnce` at a time. Returns how many a second. */
async function rate(
  { count, atOnce }: Case,
  act: (worker: number, index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const began = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: atOnce }, async (_, worker) => {
      while (next < count) await act(worker, next++);
    }),
  );
  return count / (Number(process.hrtime.bigint() - began) / 1e9);
}

async function measure(server: BenchServer, connections: readonly S3Connection[]): Promise<Map<Case, Samples>> {
  const samples = new Map(CASES.map((one) => [one, { bare: [], server: [], cpu: 0, done: 0 } as Samples]));
  // The first round is a warm-up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [one, kept] of samples) {
      const bare = await rate(one, (_, index) => one.bare(index));
      const cpu = server.cpuSeconds();
      const served = await rate(one, (worker, index) => one.server(connections[worker] as S3Connection, index));
      if (round === 0) continue;
      kept.bare.push(bare);
      kept.server.push(served);
      kept.cpu += server.cpuSeconds() - cpu;
      kept.done += one.count;
    }
  }
  return samples;
}

interface Target {
  what: string;
  name: string;
  wanted: number;
  reached: (samples: Samples) => number;
}

const TARGETS: Target[] = [
  {
    what: "PUT 10 MB, ratio to bare",
    name: "PUT 10 MB",
    wanted: 0.5,
    reached: ({ server, bare }) => median(server) / median(bare),
  },
  {
    what: "GET 1 KB a second, on one core",
    name: "GET 1 KB, 1 at once",
    wanted: 1000,
    reached: ({ cpu, done }) => done / Math.max(cpu, 0.01),
  },
];

/** Prints which targets are reached, and returns whether all are. */
function reportTargets(samples: Map<Case, Samples>): boolean {
  const outcomes = TARGETS.map(({ what, name, wanted, reached }) => {
    const found = [...samples].find(([one]) => one.name === name);
    const value = found ? reached(found[1]) : 0;
    process.stdout.write(
      `Target: ${what}: ${wanted} or more. ${value >= wanted ? "Reached" : "Missed"}: ${value < 10 ? value.toFixed(2) : Math.round(value)}.\n`,
    );
    return value >= wanted;
  });
  return outcomes.every(Boolean);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function print(samples: Map<Case, Samples>): void {
  const amount = (each: Case, perSecond: number) =>
    each.bytes > SMALL.length ? `${Math.round((perSecond * each.bytes) / 1e6)} MB/s` : `${Math.round(perSecond)}/s`;
  const rows = [["", "bare", "server", "ratio", "server, a core"]];
  for (const [one, { bare, server, cpu, done }] of samples) {
    rows.push([
      one.name,
      amount(one, median(bare)),
      amount(one, median(server)),
      (median(server) / median(bare)).toFixed(2),
      amount(one, done / Math.max(cpu, 0.01)),
    ]);
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    process.stdout.write(
      `${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}\n`,
    );
}

const server = await startServer(script, folder);
const idle = server.memory();
const connections = await Promise.all(Array.from({ length: 16 }, () => S3Connection.open(server.endpoint, server.key)));
await connections[0]?.send("PUT", "/bench");
process.stdout.write(
  `Built-in S3 server, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), client on the same machine\n\n`,
);
const samples = await measure(server, connections);
print(samples);
const busy = server.memory();
process.stdout.write(
  `\nMedians of ${ROUNDS} rounds, each round bare and server in turn. bare: SHA-256, MD5, write, sync, rename; or read.\n`,
);
process.stdout.write(
  `"server, a core": what one second of the server's processor time serves.\nMemory of the server: ${idle.now} MB idle, ${busy.now} MB afterwards, ${busy.peak} MB at most.\n`,
);
process.exitCode = reportTargets(samples) ? 0 : 1;
for (const connection of connections) connection.close();
await server.stop();
