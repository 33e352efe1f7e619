import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { db } from "@/lib/platform/db/client";
import { Secret } from "@/lib/platform/secret";
import type { Calibration } from "@/lib/providers/calibration";
import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey, refusesKey } from "@/lib/providers/probe-answers";
import type { Gateway, Provider } from "@/lib/providers/provider";
import { listOpenReceipts, noteAsked, noteRefused, noteUnmeasurable } from "@/lib/receipts/data";
import {
  decideMeasurement,
  MEASURE_PAUSE_MS,
  measureUntil,
  OVERDUE_PAUSE_MS,
  UNMEASURABLE,
} from "@/lib/receipts/rules";
import type { Receipt } from "@/prisma/generated/client";

const PROBE_DEADLINE_MS = 8_000;

/** The secret of no key, drawn anew with every process. */
const WRONG_SECRET = new Secret(randomText(40, ALPHANUMERIC));

export interface RemovedKey {
  id: string;
  accessKeyId: string;
  removedAt: Date;
  /** The key's secret, where this process removed the key and the gateways tell nothing without it. */
  secret: Secret | undefined;
}

/**
 * Asks every gateway until it refuses a removed key, and writes each answer on its receipt. With the id and a random
 * secret where the gateway tells a wrong secret from an unknown id; else with the key itself, which only the process
 * that removed it has. It may take as long as a gateway keeps the key in a cache.
 */
export async function measureRefusal(provider: Provider, key: RemovedKey, calibration: Calibration): Promise<void> {
  const receipts = await listOpenReceipts(key.id);
  const now = await readDatabaseClock(db);
  const measurements = receipts.map((receipt) => measureAt(provider, key, receipt, calibration, now));
  // A gateway that fails takes nothing from the others.
  const outcomes = await Promise.allSettled(measurements);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

async function measureAt(
  provider: Provider,
  key: RemovedKey,
  receipt: Receipt,
  calibration: Calibration,
  now: Date,
): Promise<void> {
  const gateway = provider.gateways().find(({ endpoint }) => endpoint === receipt.endpoint);
  if (!gateway) return noteUnmeasurable([receipt.id], UNMEASURABLE.unlisted);
  const next = decideMeasurement(receipt, { calibration, hasSecret: key.secret !== undefined, now });
  if (next === "someone-else" || next === "untried") return;
  if (next === "none" || next === "lost") return noteUnmeasurable([receipt.id], UNMEASURABLE[next]);
  await measureGateway(provider, gateway, key, receipt.id, next === "real-secret" ? key.secret : undefined);
}

/**
 * Asks once a second until the bound, and then less often where nobody else could go on. Ends without a refusal past
 * the bound, or when another process has ended the measurement. Two processes may ask at once: the first refusal stands.
 */
async function measureGateway(
  provider: Provider,
  gateway: Gateway,
  key: RemovedKey,
  receiptId: string,
  secret: Secret | undefined,
): Promise<void> {
  const withSecret = secret !== undefined;
  const until = measureUntil(key.removedAt, provider.capabilities.revocationBoundMs).getTime();
  for (;;) {
    const answer = await askGateway(provider, gateway, key.accessKeyId, secret);
    if (answer === "refused") return noteRefused([receiptId]);
    if (!(await noteAsked([receiptId], answer === "accepted"))) return;
    if (Date.now() >= until && !withSecret) return;
    await pause(Date.now() < until ? MEASURE_PAUSE_MS : OVERDUE_PAUSE_MS);
  }
}

/**
 * Asks a gateway about a removed key. `secret` is the key's own, where the process has it. `silent`: it gave no answer, so
 * that nothing is known of the key. `unclear`: the answer tells neither.
 */
export async function askGateway(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  secret?: Secret,
): Promise<"refused" | "accepted" | "unclear" | "silent"> {
  try {
    const context = { signal: AbortSignal.timeout(PROBE_DEADLINE_MS), requestId: accessKeyId };
    const answer = await provider.probe(gateway, accessKeyId, secret ?? WRONG_SECRET, context);
    // With the key's own secret every refusal is one of the key. With a random secret a refusal of the secret is not.
    if (secret ? !acceptsKey(answer) : refusesKey(answer)) return "refused";
    return answer === "refused-secret" || acceptsKey(answer) ? "accepted" : "unclear";
  } catch (error) {
    if (error instanceof ProviderError) return "silent";
    throw error;
  }
}
