import { expect, test, vi } from "vitest";
import { runExclusive } from "@/lib/providers/keyed-mutex";
import type { CallContext } from "@/lib/providers/provider";

const context = (changes: Partial<CallContext> = {}): CallContext => ({
  signal: new AbortController().signal,
  requestId: "test",
  ...changes,
});

/** Work that ends when the test says so, and the order in which such work began. */
function createWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (key: string, name: string, changes: Partial<CallContext> = {}) =>
    runExclusive(key, context(changes), () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string) => {
    await expect.poll(() => begun).toContain(name);
    ends.get(name)?.();
  };
  return { begun, run, end };
}

test("work under one key runs one after the other, in the order of the calls", async () => {
  const { begun, run, end } = createWork();
  const results = Promise.all([run("a", "first"), run("a", "second"), run("a", "third")]);
  await end("first");
  await expect.poll(() => begun).toEqual(["first", "second"]);
  await end("second");
  await end("third");
  expect(await results).toEqual(["first", "second", "third"]);
});

test("work under another key does not wait", async () => {
  const { begun, run, end } = createWork();
  const results = Promise.all([run("a", "first"), run("b", "other")]);
  await expect.poll(() => begun).toEqual(["first", "other"]);
  await end("other");
  await end("first");
  await results;
});

test("the next work runs when the work before failed", async () => {
  const failing = runExclusive("a", context(), () => Promise.reject(new Error("broken")));
  const next = runExclusive("a", context(), async () => "done");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("done");
});

test("a caller that withdrew while it waited is refused, and its work does not run", async () => {
  const { begun, run, end } = createWork();
  const withdrawal = new AbortController();
  const first = run("a", "first");
  const second = run("a", "second", { signal: withdrawal.signal });
  const refused = expect(second).rejects.toMatchObject({ failure: "unavailable" });
  withdrawal.abort();
  await end("first");
  await Promise.all([first, refused]);
  expect(begun).toEqual(["first"]);
});

test("a caller that waited is asked whether it may still write, and one that did not wait is not", async () => {
  const { begun, run, end } = createWork();
  const mayWrite = vi.fn(async () => false);
  const first = run("a", "first", { mayWrite });
  const second = run("a", "second", { mayWrite });
  const refused = expect(second).rejects.toMatchObject({ failure: "unavailable" });
  await end("first");
  await Promise.all([first, refused]);
  expect(begun).toEqual(["first"]);
  expect(mayWrite).toHaveBeenCalledOnce();
});
