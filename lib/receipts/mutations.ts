import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { createId } from "@/lib/platform/create-id";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { sql, type Statements } from "@/lib/platform/sql";
import type { Calibration } from "@/lib/providers/calibration";
import { ProviderError } from "@/lib/providers/errors";
import { refusesKey, acceptsKey } from "@/lib/providers/probe-answers";
import type { Gateway, ProbeAnswer, Provider } from "@/lib/providers/provider";
import type { OpenReceipt } from "@/lib/receipts/data";
import {
  decideMeasurement,
  MEASURE_PAUSE_MS,
  measureUntil,
  OVERDUE_PAUSE_MS,
  UNMEASURABLE,
} from "@/lib/receipts/rules";

const PROBE_DEADLINE_MS = 8_000;

/** Nobody's: drawn anew with every process. */
const WRONG_SECRET = new Secret(randomText(40, ALPHANUMERIC));

/** For how long a refusal waits to be written down together with the others'. Milliseconds. */
const TOGETHER_MS = 100;

export interface RemovedKey {
  id: string;
  accessKeyId: string;
  region: { gateways: string[] };
  removedAt: Date;
  /** The pair's other half, where this process removed the key and the gateways tell nothing without it. */
  secret: Secret | undefined;
  /** Its receipts that tell no end yet. */
  open: OpenReceipt[];
}

/**
 * Opens a receipt for every gateway that has none, in the caller's transaction, and gives all that are open.
 * `isMeasured`: whether this process measures from now on, or nobody does yet.
 */
export function openReceipts(
  tx: Statements,
  provider: Provider,
  key: { id: string; region: { gateways: string[] } },
  { removedAt, isMeasured }: { removedAt: Date | "now"; isMeasured: boolean },
): Promise<OpenReceipt[]> {
  // Behind the one address that is known there may be several gateways.
  const sampled = key.region.gateways.length === 0;
  const gateways = provider.gateways();
  return tx.$queryRaw<OpenReceipt[]>`
    WITH opened AS (
      INSERT INTO receipts (id, key_id, gateway, endpoint, sampled, removed_at, asked_at)
      SELECT id, ${key.id}::uuid, gateway, endpoint, ${sampled}::boolean,
        COALESCE(${removedAt === "now" ? null : removedAt}::timestamptz, now()), CASE WHEN ${isMeasured}::boolean THEN now() END
      FROM unnest(${gateways.map(createId)}::uuid[], ${gateways.map(({ name }) => name)}::text[],
        ${gateways.map(({ endpoint }) => endpoint)}::text[]) AS listed (id, gateway, endpoint)
      ON CONFLICT DO NOTHING RETURNING endpoint, asked_at)
    SELECT endpoint, asked_at AS "askedAt", now() FROM opened
    UNION ALL
    SELECT endpoint, asked_at, now() FROM receipts
    WHERE key_id = ${key.id}::uuid AND first_refused_at IS NULL AND unmeasurable IS NULL`;
}

/** A gateway's first refusal of a removed key, not written down yet. */
export interface GatewayRefusal {
  endpoint: string;
  /** By `performance.now()`. */
  at: number;
}

/**
 * Measures at every gateway until it refuses a removed key, and writes down until when it accepted it. With the id
 * and a random secret where the gateway tells a wrong secret from an unknown id; else with the pair itself, which
 * only the process that removed it has. Where all refuse within a moment, nothing is written down yet: the refusals
 * are given, to be one commit with what is concluded from them.
 */
export async function measureRefusal(
  provider: Provider,
  key: RemovedKey,
  calibration: Calibration,
): Promise<GatewayRefusal[]> {
  const measured = key.open.map(async ({ endpoint, askedAt, now }) => {
    const gateway = provider.gateways().find((listed) => listed.endpoint === endpoint);
    if (!gateway) return giveUp(key.id, endpoint, UNMEASURABLE.unlisted);
    const next = decideMeasurement({ endpoint, askedAt }, { calibration, hasSecret: key.secret !== undefined, now });
    if (next === "someone-else" || next === "untried") return undefined;
    if (next === "none" || next === "lost") return giveUp(key.id, endpoint, UNMEASURABLE[next]);
    return measureGateway(provider, gateway, key, next === "real-secret");
  });
  // One that fails takes nothing from the others.
  const all = Promise.all(measured).catch(() => undefined);
  const together = await Promise.race([all, pause(TOGETHER_MS, undefined, { ref: false })]);
  if (together?.every((refusal) => refusal !== undefined)) return together;
  await Promise.all(
    measured.map(async (outcome) => {
      const refusal = await outcome;
      // One that takes its time keeps no other's from being read.
      if (refusal) await noteRefusals(sql, key.id, [refusal]);
    }),
  );
  return [];
}

/**
 * Writes down when gateways first refused a key, by the database's clock; what stands there already stands. Another
 * process may have been answered otherwise meanwhile: no refusal comes before that.
 */
export async function noteRefusals(tx: Statements, keyId: string, refusals: readonly GatewayRefusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const now = performance.now();
  await tx.$queryRaw`
    UPDATE receipts SET asked_at = now(),
      first_refused_at = GREATEST(removed_at, last_accepted_at, now() - make_interval(secs => ago))
    FROM unnest(${refusals.map(({ endpoint }) => endpoint)}::text[], ${refusals.map(({ at }) => (now - at) / 1_000)}::float8[])
      AS refusal (refusing, ago)
    WHERE key_id = ${keyId}::uuid AND endpoint = refusing AND first_refused_at IS NULL AND unmeasurable IS NULL`;
}

async function giveUp(keyId: string, endpoint: string, unmeasurable: string): Promise<undefined> {
  await sql.$queryRaw`
    UPDATE receipts SET unmeasurable = ${unmeasurable}
    WHERE key_id = ${keyId}::uuid AND endpoint = ${endpoint} AND first_refused_at IS NULL`;
}

/**
 * Once a second until the bound, and then more seldom where nobody else could go on. Gives the refusal, or undefined when
 * the measurement ended without one. Two processes may ask at once: the first refusal stands.
 */
async function measureGateway(
  provider: Provider,
  gateway: Gateway,
  key: RemovedKey,
  withPair: boolean,
): Promise<GatewayRefusal | undefined> {
  const until = measureUntil(key.removedAt, provider.capabilities.revocationBoundMs).getTime();
  const secret = withPair ? key.secret : undefined;
  for (;;) {
    const answer = await askOnce(provider, gateway, key.accessKeyId, secret);
    if (isRefusal(answer, withPair)) return { endpoint: gateway.endpoint, at: performance.now() };
    // Without an answer that tells, nothing is known of the key, only that somebody is asking.
    const accepted = answer !== undefined && (answer === "refused-secret" || acceptsKey(answer));
    if (!(await noteAsked(key.id, gateway.endpoint, accepted))) return undefined;
    if (Date.now() >= until && !withPair) return undefined;
    await pause(Date.now() < until ? MEASURE_PAUSE_MS : OVERDUE_PAUSE_MS);
  }
}

/**
 * Writes down that a gateway was asked now and whether it accepted, by the database's clock. False when its measurement
 * has ended already. Nobody waits for the disk: what a crash of the database loses is measured again.
 */
async function noteAsked(keyId: string, endpoint: string, accepted: boolean): Promise<boolean> {
  const noted = await sql.$queryRaw<unknown[]>`
    WITH lazy AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE receipts SET asked_at = now(), last_accepted_at = CASE WHEN ${accepted}::boolean THEN now() ELSE last_accepted_at END
    FROM lazy
    WHERE key_id = ${keyId}::uuid AND endpoint = ${endpoint} AND first_refused_at IS NULL AND unmeasurable IS NULL
    RETURNING id`;
  return noted.length > 0;
}

/** With the pair itself every refusal is one of the key, with a random secret not that of the secret. */
function isRefusal(answer: ProbeAnswer | undefined, withPair: boolean): boolean {
  if (answer === undefined) return false;
  return withPair ? !acceptsKey(answer) : refusesKey(answer);
}

/** Undefined when the gateway gives no answer: nothing is known, so nothing is concluded. */
async function askOnce(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  pair: Secret | undefined,
): Promise<ProbeAnswer | undefined> {
  const secret = pair ?? WRONG_SECRET;
  try {
    const context = { signal: AbortSignal.timeout(PROBE_DEADLINE_MS), requestId: accessKeyId };
    return await provider.probe(gateway, accessKeyId, secret, context);
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}
