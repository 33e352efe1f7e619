import { expect, test } from "vitest";
import { keepLooking } from "@/lib/worker/keep-looking";

test("rounds follow each other, one at a time, also after one that failed, until stopped", async () => {
  let rounds = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  const looking = keepLooking(async () => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    rounds += 1;
    if (rounds === 2) throw new Error("once");
    if (rounds === 4) looking.stop();
  }, 1);
  await expect.poll(() => rounds).toBe(4);
  expect(mostAtOnce).toBe(1);
});
