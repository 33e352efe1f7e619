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
