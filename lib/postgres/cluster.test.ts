import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, expect, test } from "vitest";
import { findRunningCluster, startCluster, stopCluster } from "@/lib/postgres/cluster";
import { isAlive } from "@/lib/platform/process-state";

/** These tests read the user and the capabilities of the server, which root changes, from Linux's /proc. */
const testAsRoot = test.runIf(process.platform === "linux" && process.getuid?.() === 0);
const folders: string[] = [];

function newFolder(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-cluster-"));
  chmodSync(folder, mode);
  folders.push(folder);
  return join(folder, "data");
}

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await stopCluster(join(folder, "data"));
    rmSync(folder, { recursive: true, force: true });
  }
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const pidFile = (dataDir: string) => join(dataDir, "postgres/cluster/postmaster.pid");

test("a cluster starts, is found running, stops, and starts again with its data", async () => {
  const dataDir = newFolder();
  const first = await startCluster(dataDir, "up", { throwaway: true });
  await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
  expect(await startCluster(dataDir, "up")).toMatchObject({ pid: first.pid, url: first.url, mine: true });
  await stopCluster(dataDir);
  expect(findRunningCluster(dataDir)).toBeUndefined();
  const again = await startCluster(dataDir, "up", { throwaway: true });
  expect(again.url).toBe(first.url);
  expect(await query(again.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
});

test("a cluster listens on loopback only, writes to its folder only, has checksums, and sorts by C.UTF-8", async () => {
  const { url, settings } = await startCluster(newFolder(), "up", { throwaway: true });
  const asSuperuser = `postgresql://postgres:${settings.superuserPassword}@127.0.0.1:${settings.port}/postgres`;
  const names = [
    "listen_addresses",
    "unix_socket_directories",
    "dynamic_shared_memory_type",
    "data_checksums",
    "password_encryption",
    "TimeZone",
  ];
  const rows = await query(
    asSuperuser,
    `SELECT ${names.map((name) => `current_setting('${name}') AS "${name}"`).join(", ")}`,
  );
  expect(rows[0]).toEqual({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    dynamic_shared_memory_type: "mmap",
    data_checksums: "on",
    password_encryption: "scram-sha-256",
    TimeZone: "UTC",
  });
  expect(await query(url, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'latchkey'")).toEqual([
    { datlocprovider: "b", datlocale: "C.UTF-8" },
  ]);
  await expect(query(url.replace(/:[^:@]*@/, ":wrong@"), "SELECT 1")).rejects.toThrow("password authentication failed");
});

test("other users cannot read the files of a cluster", async () => {
  const dataDir = newFolder();
  await startCluster(dataDir, "up", { throwaway: true });
  expect(statSync(join(dataDir, "database.json")).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, "postgres")).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(dataDir, "postgres")).sort()).toEqual(["cluster", "server.log"]);
  expect(statSync(join(dataDir, "postgres/cluster")).uid).not.toBe(0);
});

test("a start recovers the data after kill -9 of the server, and of all its processes", async () => {
  const dataDir = newFolder();
  const first = await startCluster(dataDir, "up");
  await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
  process.kill(first.pid, "SIGKILL");
  const second = await startCluster(dataDir, "up");
  expect(second.pid).not.toBe(first.pid);
  expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  const parts = await query(second.url, "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
  for (const pid of [second.pid, ...parts.map((row) => Number(row.pid))].filter(isAlive)) process.kill(pid, "SIGKILL");
  const third = await startCluster(dataDir, "up");
  expect(await query(third.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
});

test("a start ignores a stale pid file that names a living process of another program", async () => {
  const dataDir = newFolder();
  const { settings } = await startCluster(dataDir, "up", { throwaway: true });
  await stopCluster(dataDir);
  writeFileSync(
    pidFile(dataDir),
    `${process.pid}\n${dataDir}/postgres/cluster\n1\n${settings.port}\n\n127.0.0.1\n0 0\nready\n`,
  );
  expect((await startCluster(dataDir, "up", { throwaway: true })).pid).not.toBe(process.pid);
});

test("two starts at once make two servers in two folders, and one server in one folder", async () => {
  const [one, other] = [newFolder(), newFolder()];
  const [a, b, c] = await Promise.all([
    startCluster(one, "up", { throwaway: true }),
    startCluster(other, "up", { throwaway: true }),
    startCluster(one, "up", { throwaway: true }),
  ]);
  expect(a?.pid).toBe(c?.pid);
  expect(a?.pid).not.toBe(b?.pid);
  expect(a?.settings.port).not.toBe(b?.settings.port);
});

test("a start moves to another port when the stored port is taken, and stores the new port", async () => {
  const dataDir = newFolder();
  const { settings } = await startCluster(dataDir, "up", { throwaway: true });
  await stopCluster(dataDir);
  const otherServer = createServer();
  await new Promise<void>((resolve) => otherServer.listen(settings.port, "127.0.0.1", resolve));
  try {
    const moved = await startCluster(dataDir, "up", { throwaway: true });
    expect(moved.settings.port).not.toBe(settings.port);
    expect(JSON.parse(readFileSync(join(dataDir, "database.json"), "utf8"))).toEqual(moved.settings);
    expect(await query(moved.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  } finally {
    otherServer.close();
  }
});

test("a start after a kill during initdb creates the cluster from the beginning", async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, "postgres/cluster.new/base"), { recursive: true });
  writeFileSync(join(dataDir, "postgres/password.new"), "old");
  const { url } = await startCluster(dataDir, "up", { throwaway: true });
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  expect(existsSync(join(dataDir, "postgres/password.new"))).toBe(false);
});

test("a start without database.json names the missing file", async () => {
  const dataDir = newFolder();
  await startCluster(dataDir, "up", { throwaway: true });
  rmSync(join(dataDir, "database.json"));
  await expect(startCluster(dataDir, "up")).rejects.toThrow("database.json is missing");
});

test("the starter of a server stops it, and no other starter does", async () => {
  const dataDir = newFolder();
  await startCluster(dataDir, "db", { throwaway: true });
  expect((await startCluster(dataDir, "up")).mine).toBe(false);
  await stopCluster(dataDir, "up");
  expect(findRunningCluster(dataDir)).toBeDefined();
  await stopCluster(dataDir);
  await startCluster(dataDir, "command", { throwaway: true });
  expect((await startCluster(dataDir, "up")).mine).toBe(true);
  await stopCluster(dataDir, "command");
  expect(findRunningCluster(dataDir)).toBeDefined();
  await stopCluster(dataDir, "up");
  await expect.poll(() => findRunningCluster(dataDir)).toBeUndefined();
});

testAsRoot(
  "in a folder that other users cannot enter, root starts PostgreSQL as an ordinary user with one capability",
  async () => {
    const { pid, url } = await startCluster(newFolder(0o700), "up", { throwaway: true });
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    expect(status).not.toMatch(/^Uid:\s+0\s/m);
    // Bit 1 is CAP_DAC_OVERRIDE, bit 2 is CAP_DAC_READ_SEARCH.
    expect(status).toMatch(/^CapEff:\s+000000000000000[24]$/m);
    expect(status).toMatch(/^CapBnd:\s+000000000000000[24]$/m);
  },
);

testAsRoot(
  "in a folder that other users can enter, root starts PostgreSQL as an ordinary user without capabilities",
  async () => {
    const { pid } = await startCluster(newFolder(), "up", { throwaway: true });
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    expect(status).not.toMatch(/^Uid:\s+0\s/m);
    expect(status).toMatch(/^CapEff:\s+0000000000000000$/m);
  },
);
