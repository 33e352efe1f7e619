import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isAlive } from "@/lib/platform/process-state";
import { keepRunning } from "@/lib/supervisor/child";
import { stopOrphanedProcesses, noteChild } from "@/lib/supervisor/orphaned-processes";

const folder = mkdtempSync(join(tmpdir(), "latchkey-child-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeScript(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("a killed program is started again with a new pid, and a stopped program is not", async () => {
  const script = writeScript("waits.mjs", "setInterval(() => {}, 1000);");
  const pids: number[] = [];
  const child = keepRunning({ name: "waits", script, environment: {}, onStart: (pid) => pids.push(pid) });
  process.kill(pids[0] ?? 0, "SIGKILL");
  await expect.poll(() => pids).toHaveLength(2);
  expect(child.pid()).toBe(pids[1]);
  await child.stop();
  expect(isAlive(pids[1] ?? 0)).toBe(false);
  expect(pids).toHaveLength(2);
});

test("a program gets the given environment and no other variable", async () => {
  const out = join(folder, "environment.json");
  const script = writeScript(
    "tells.mjs",
    `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(out)}, JSON.stringify(Object.keys(process.env).sort())); setInterval(() => {}, 1000);`,
  );
  const child = keepRunning({ name: "tells", script, environment: { ONLY: "this" }, onStart: () => undefined });
  const read = () => {
    try {
      return JSON.parse(readFileSync(out, "utf8")) as string[];
    } catch {
      return undefined;
    }
  };
  await expect.poll(read).toBeDefined();
  await child.stop();
  expect(read()?.filter((name) => !name.startsWith("NODE_"))).toEqual(["LATCHKEY_PROCESS", "ONLY"]);
});

test("a program is started with its options, its environment is asked anew, and what it sends is heard", async () => {
  const script = writeScript(
    "sends.mjs",
    `import v8 from "node:v8";
     const limit = Math.round(v8.getHeapStatistics().heap_size_limit / 2 ** 20);
     process.send({ limit, turn: process.env.TURN }); setInterval(() => {}, 1000);`,
  );
  const heard: { limit: number; turn: string }[] = [];
  let turn = 0;
  const child = keepRunning({
    name: "sends",
    script,
    environment: () => ({ TURN: String((turn += 1)) }),
    nodeOptions: ["--max-old-space-size=200"],
    onStart: () => undefined,
    onMessage: (message) => heard.push(message as { limit: number; turn: string }),
  });
  await expect.poll(() => heard).toHaveLength(1);
  process.kill(child.pid() ?? 0, "SIGKILL");
  await expect.poll(() => heard).toHaveLength(2);
  await child.stop();
  expect(heard.map((message) => message.turn)).toEqual(["1", "2"]);
  // The limit of the whole heap is that of its old part and some more for its young part.
  expect(heard[0]?.limit).toBeGreaterThanOrEqual(200);
  expect(heard[0]?.limit).toBeLessThan(350);
});

test("an orphaned process is ended, even if it ignores SIGTERM; a process that reuses the pid is left alone", async () => {
  const stubborn = writeScript(
    "stubborn.mjs",
    'process.on("SIGTERM", () => {}); process.send("up"); setInterval(() => {}, 1000);',
  );
  const left = fork(stubborn);
  const other = fork(stubborn);
  await Promise.all([left, other].map((child) => new Promise((resolve) => child.once("message", resolve))));
  noteChild(folder, "web", left.pid ?? 0);
  expect(await stopOrphanedProcesses(folder)).toBe(true);
  expect(isAlive(left.pid ?? 0)).toBe(false);
  writeFileSync(
    join(folder, "processes.json"),
    JSON.stringify([{ name: "web", pid: other.pid, startTime: "another" }]),
  );
  expect(await stopOrphanedProcesses(folder)).toBe(false);
  expect(isAlive(other.pid ?? 0)).toBe(true);
  other.kill("SIGKILL");
});
