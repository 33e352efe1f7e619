import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { readLock, takeLock } from "@/lib/platform/process-lock";
import { isAlive, readStartTime } from "@/lib/platform/process-state";

const folder = mkdtempSync(join(tmpdir(), "latchkey-lock-"));
let count = 0;
const newPath = () => join(folder, `${(count += 1)}.lock`);
const children: { kill: (signal: "SIGKILL") => boolean }[] = [];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

test("a lock has one holder and names it", () => {
  const path = newPath();
  const first = takeLock(path, "http://127.0.0.1:3000");
  expect(first.ok).toBe(true);
  expect(takeLock(path)).toMatchObject({ ok: false, holder: { pid: process.pid, note: "http://127.0.0.1:3000" } });
  expect(readLock(path)?.pid).toBe(process.pid);
  if (first.ok) first.release();
  expect(readLock(path)).toBeUndefined();
  expect(takeLock(path).ok).toBe(true);
});

test.each([
  ["a process that has ended", () => ({ pid: 2 ** 22 - 1, startTime: "1" })],
  [
    "another process under the holder's pid",
    () => ({ pid: process.pid, startTime: `not ${readStartTime(process.pid)}` }),
  ],
  ["a file that is cut off", () => '{"pid":1'],
])("a lock is taken over from %s", (_case, holder) => {
  const path = newPath();
  const content = holder();
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify({ ...content, note: "" }));
  expect(readLock(path)).toBeUndefined();
  expect(takeLock(path).ok).toBe(true);
  expect(readdirSync(folder).filter((name) => name.startsWith(`${count}.lock.`))).toEqual([]);
});

test("releasing a lock that another process took over changes nothing", () => {
  const path = newPath();
  const mine = takeLock(path);
  writeFileSync(path, JSON.stringify({ pid: 1, startTime: readStartTime(1), note: "other" }));
  if (mine.ok) mine.release();
  expect(readLock(path)?.note).toBe("other");
});

test("a zombie counts as dead", async () => {
  // The shell becomes a sleep that never reaps the shell's other child.
  const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(parent);
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve)));
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(() => process.kill(pid, 0)).not.toThrow();
  expect(isAlive(parent.pid ?? 0)).toBe(true);
});
