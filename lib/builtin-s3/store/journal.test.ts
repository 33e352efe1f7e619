import { appendFile, mkdir, mkdtemp, open, readdir, readFile, rm, rmdir, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal, type Ledger } from "./journal";

class Sum implements Ledger<number> {
  values: number[] = [];

  reset(): void {
    this.values = [];
  }

  apply(record: number): void {
    if (record < 0) this.values = this.values.filter((value) => value !== -record);
    else this.values.push(record);
  }

  snapshot(): Iterable<number> {
    return this.values;
  }

  size(): number {
    return this.values.length;
  }

  durable(): void {
    // Nothing hangs on these records.
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "s3-journal-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The state after a restart. */
async function reopen(): Promise<number[]> {
  const { journal, sum } = await openSum();
  await journal.close();
  return sum.values;
}

async function openSum(): Promise<{ journal: Journal<number>; sum: Sum }> {
  const sum = new Sum();
  return { journal: await Journal.open(folder, "j", sum), sum };
}

const file = () => path.join(folder, "j.1.log");

describe("a journal", () => {
  it("brings back what was committed, in order", async () => {
    const { journal } = await openSum();
    await Promise.all(Array.from({ length: 1000 }, (_, index) => journal.commit(() => [index])));
    await journal.commit(() => [-5, 1000]);
    await journal.close();
    expect(await reopen()).toEqual(Array.from({ length: 1001 }, (_, index) => index).filter((value) => value !== 5));
  });

  it("decides one at a time against the newest state, and changes nothing for a refusal", async () => {
    const { journal, sum } = await openSum();
    const onlyOnce = () =>
      journal.commit(() => {
        if (sum.values.length > 0) throw new Error("taken");
        return [1];
      });
    const results = await Promise.allSettled(Array.from({ length: 20 }, onlyOnce));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(sum.values).toEqual([1]);
    await journal.close();
    expect(await reopen()).toEqual([1]);
  });

  it("drops a last batch that was cut anywhere, whole, and goes on from there", async () => {
    const { journal } = await openSum();
    await journal.commit(() => [1, 2]);
    const good = (await readFile(file())).length;
    await journal.commit(() => [3, 4]);
    await journal.close();
    const whole = await readFile(file());
    for (let length = good; length < whole.length; length += 1) {
      await writeFile(file(), whole.subarray(0, length));
      const opened = await openSum();
      expect(opened.sum.values, `cut at ${length}`).toEqual([1, 2]);
      await opened.journal.commit(() => [5]);
      await opened.journal.close();
      expect(await reopen()).toEqual([1, 2, 5]);
    }
  });

  it("drops a last batch of which a block was never written", async () => {
    const { journal } = await openSum();
    await journal.commit(() => [1]);
    const good = (await readFile(file())).length;
    await journal.commit(() => [2, 3, 4, 5]);
    await journal.close();
    const handle = await open(file(), "r+");
    await handle.write(Buffer.alloc(8), 0, 8, good + 4);
    await handle.close();
    expect(await reopen()).toEqual([1]);
    await truncate(file(), good);
    await appendFile(file(), Buffer.alloc(100));
    expect(await reopen()).toEqual([1]);
  });

  it("refuses to start when something before the last batch is damaged", async () => {
    const { journal } = await openSum();
    await journal.commit(() => [1]);
    await journal.commit(() => [2]);
    await journal.close();
    const bytes = await readFile(file());
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(file(), bytes);
    await expect(openSum()).rejects.toThrow(/j\.1\.log is damaged at byte 0/);
  });

  it("is written anew when most of it is of no more use, and forgets nothing by it", async () => {
    const { journal, sum } = await openSum();
    for (let index = 1; index <= 20; index += 1)
      await journal.commit(() => Array.from({ length: 600 }, (_, at) => (at % 2 === 0 ? index : -index)));
    await journal.commit(() => [77]);
    expect(await readdir(folder)).toEqual(["j.2.log"]);
    await journal.commit(() => [78]);
    await journal.close();
    expect((await readFile(path.join(folder, "j.2.log"))).length).toBeLessThan(10_000);
    expect(await reopen()).toEqual(sum.values);
  });

  it("goes on with the old one when it cannot be written anew, and forgets nothing by it", async () => {
    const { journal, sum } = await openSum();
    const obstacle = path.join(folder, "j.2.log.tmp");
    await mkdir(obstacle);
    for (let index = 1; index <= 20; index += 1)
      await journal.commit(() => Array.from({ length: 600 }, (_, at) => (at % 2 === 0 ? index : -index)));
    await journal.commit(() => [77]);
    expect(await readdir(folder)).toEqual(["j.1.log", "j.2.log.tmp"]);
    await journal.close();
    await rmdir(obstacle);
    expect(sum.values).toContain(77);
    expect(await reopen()).toEqual(sum.values);
  });

  it("ignores a rewrite that a crash left unfinished, and removes what a finished one replaced", async () => {
    const { journal } = await openSum();
    await journal.commit(() => [1]);
    await journal.close();
    await writeFile(path.join(folder, "j.2.log.tmp"), "half");
    expect(await reopen()).toEqual([1]);
    await writeFile(path.join(folder, "j.2.log"), await readFile(file()));
    await writeFile(file(), "the old one");
    expect(await reopen()).toEqual([1]);
    expect(await readdir(folder)).toEqual(["j.2.log"]);
  });
});
