import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { askGateway, listWorking, makeSlot, readSituation, REGION, type Slot } from "@/testing/interleavings/slot";
import { pickStep, settleOnce } from "@/testing/interleavings/steps";

/** Sequences at once, each in a project of its own: one waits for the database while another works. */
const AT_ONCE = 4;
const SEQUENCES = 52;
const STEPS = 20;
/** Ten times what an idle machine needs. */
const TIMEOUT_MS = 600_000;

let storage: Storage;
let mia: Actor;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  mia = await makeUser(db, "Mia");
});
afterAll(() => storage.stop());

/** What the portal calls working works, and where access is wanted there is a current key among that. */
async function expectAccess(slot: Slot): Promise<void> {
  const working = listWorking(await readSituation(slot));
  const answers = await Promise.all(working.map(({ accessKeyId }) => askGateway(slot, accessKeyId)));
  expect(answers).toEqual(working.map(() => "accepted"));
  const current = working.filter(({ state }) => state === "ACTIVE");
  expect(current.length).toBeGreaterThanOrEqual(slot.isWanted ? 1 : 0);
}

async function settle(slot: Slot): Promise<void> {
  for (let look = 0; await settleOnce(await readSituation(slot)); look += 1) expect(look).toBeLessThan(5);
}

/** Exactly the current key and the old one of an overlap work, and the storage system has no others. */
async function expectSettled(slot: Slot): Promise<void> {
  const { keys } = await readSituation(slot);
  expect(keys.map(({ state }) => state)).not.toContain("REVOKING");
  const accepted = keys.filter(({ state }) => state === "ACTIVE" || state === "RETIRING");
  const answers = await Promise.all(
    keys.map(async ({ accessKeyId }) => ((await askGateway(slot, accessKeyId)) === "accepted" ? [accessKeyId] : [])),
  );
  expect(answers.flat()).toEqual(accepted.map(({ accessKeyId }) => accessKeyId));
  const kept = keys.filter(({ state }) => ["ACTIVE", "RETIRING", "EXPIRED"].includes(state));
  const stored = await storage.readKeyIds(REGION, slot.principal.externalId);
  expect(stored.sort()).toEqual(kept.map(({ accessKeyId }) => accessKeyId).sort());
}

/** When it fails, it prints the seed and the names of the steps. It looks for no shorter sequence: that takes minutes. */
async function tryRandomSequences(): Promise<void> {
  const numbers = fc.array(fc.nat(), { minLength: STEPS, maxLength: STEPS });
  const sequence = fc.asyncProperty(numbers, fc.context(), async (randoms, told) => {
    const slot = await makeSlot(storage, mia);
    for (const random of randoms) {
      const situation = await readSituation(slot);
      const step = pickStep(situation, random);
      told.log(step.name);
      await step.run(slot, situation);
      await expectAccess(slot);
    }
    await settle(slot);
    await expectAccess(slot);
    await expectSettled(slot);
  });
  await fc.assert(sequence, { numRuns: SEQUENCES / AT_ONCE, endOnFailure: true });
}

test(
  `${SEQUENCES * STEPS} random steps in ${SEQUENCES} sequences, with processes that die between them, never leave no working pair unless somebody or a date ended the access`,
  { timeout: TIMEOUT_MS },
  async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, () => tryRandomSequences()));
  },
);
