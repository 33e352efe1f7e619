import { env } from "@/lib/platform/env";
import { deleteRefusedSignInsBefore, deleteSessionsBefore } from "@/lib/sessions/data";
import { deleteDailySamples, deleteHourlySamples } from "@/lib/usage/data";

const DAY_MS = 24 * 60 * 60 * 1_000;
const AT_ONCE = 1_000;
/** The next round deletes what is left. A job may take a minute. */
const BATCHES_MAX = 100;

/** Deletes what is kept for a time only. */
export async function handlePrune(_payload: object, now = new Date(), atOnce = AT_ONCE): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  await inBatches(atOnce, () => deleteSessionsBefore(daysAgo(env.LATCHKEY_KEEP_SESSIONS_DAYS), atOnce));
  await inBatches(atOnce, () => deleteRefusedSignInsBefore(daysAgo(env.LATCHKEY_KEEP_REFUSALS_DAYS), atOnce));
  await inBatches(atOnce, () => deleteHourlySamples(now, atOnce));
  await inBatches(atOnce, () => deleteDailySamples(now, atOnce));
}

async function inBatches(atOnce: number, deleteSome: () => Promise<number>): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) if ((await deleteSome()) < atOnce) return;
}
