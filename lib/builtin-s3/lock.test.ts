import { utimesSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./lock";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "s3-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => path.join(folder, "lock");

describe("the lock of a folder", () => {
  it("has one owner, and leaves nothing when it is released", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: "CONFLICT" });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await lockFolder(folder)).release();
  });

  it("is not believed when its pid belongs to a process that began at another time", async () => {
    const lock = await lockFolder(folder);
    const owner = JSON.parse(await readFile(file(), "utf8")) as { started: string };
    await lock.release();
    await writeFile(file(), JSON.stringify({ ...owner, started: "1" }));
    await (await lockFolder(folder)).release();
  });

  it.each(["", "{", "[]", '{"pid":"x"}'])("is not believed when it says %j", async (content) => {
    await writeFile(file(), content);
    await (await lockFolder(folder)).release();
  });

  it("of another machine holds while it is touched, and is taken over when it is not", async () => {
    const foreign = JSON.stringify({ pid: 1, started: "1", machine: `not ${hostname()}` });
    await writeFile(file(), foreign);
    // Synchronous: once the interval is cleared, no touch is on its way any more.
    const touch = setInterval(() => utimesSync(file(), new Date(), new Date()), 500);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: "CONFLICT" });
    clearInterval(touch);
    const lock = await lockFolder(folder, 1000);
    expect(await readFile(file(), "utf8")).not.toBe(foreign);
    await lock.release();
  });

  it("goes to one of many that find a dead owner's", async () => {
    for (let round = 0; round < 10; round += 1) {
      await writeFile(file(), "stale");
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)));
      const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
      expect(won).toHaveLength(1);
      await won[0]?.value.release();
    }
  });
});
