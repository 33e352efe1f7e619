import "server-only";
import { MARKER_LENGTH } from "@/lib/access-key-ids/rules";
import type { Transaction } from "@/lib/platform/db/client";
import { db } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import { randomText, UPPER_DIGITS } from "@/lib/platform/crypto/random-text";

const BEAT_EVERY_MS = 10_000;

/** Creates the row that describes this installation, if it is missing. */
export async function ensureInstallationRow(tx: Transaction | typeof db): Promise<void> {
  await tx.installation.createMany({
    data: [{ id: 1, marker: randomText(MARKER_LENGTH, UPPER_DIGITS) }],
    skipDuplicates: true,
  });
}

/** Writes every 10 s that the process `name` is alive, until stopped. */
export function startHeartbeat(name: string): { stop: () => void } {
  const beat = () => {
    const at = new Date();
    db.heartbeat
      .upsert({ where: { name }, create: { name, at }, update: { at } })
      .catch((error: unknown) => logger.warn({ err: error }, "no heartbeat"));
  };
  beat();
  const timer = setInterval(beat, BEAT_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
