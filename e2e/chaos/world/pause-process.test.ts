import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { pauseProcess } from "./pause-process";

test("a paused process resumes; a process that ends meanwhile was not paused", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => process.stdout.write('.'), 10)"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pid = child.pid ?? 0;
  const nextOutput = () => once(child.stdout, "data");
  const ended = once(child, "exit");
  await nextOutput();
  const first = pauseProcess(pid, 300);
  expect(await pauseProcess(pid, 300)).toBe(false);
  expect(await first).toBe(true);
  await nextOutput();
  const cutShort = pauseProcess(pid, 300);
  child.kill("SIGKILL");
  await ended;
  expect(await cutShort).toBe(false);
});
