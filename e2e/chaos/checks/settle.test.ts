import { expect, test } from "vitest";
import { settle } from "./settle";

test("settled is what stays so for 10 s; a check that fails counts as not settled", async () => {
  const settleWith = async (isSettledAt: (at: number) => boolean) => {
    let at = 0;
    const isSettled = async () => {
      if (at < 3_000) throw new Error("it starts");
      return isSettledAt(at);
    };
    const now = () => at;
    const wait = async (ms: number) => void (at += ms);
    return { settledSince: await settle({ isSettled, until: 30_000, now, wait }), at };
  };
  expect(await settleWith(() => true)).toEqual({ settledSince: 3_000, at: 13_000 });
  expect(await settleWith((at) => at !== 12_000)).toEqual({ settledSince: 13_000, at: 23_000 });
  expect(await settleWith((at) => at >= 29_000)).toEqual({ settledSince: 29_000, at: 39_000 });
  expect(await settleWith(() => false)).toEqual({ settledSince: undefined, at: 30_000 });
});
