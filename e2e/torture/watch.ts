import { setTimeout as pause } from "node:timers/promises";
import { inParallel } from "./check-keys";
import type { Attempt, History } from "./history";
import { askGateway } from "./signed-request";
import type { Violation } from "./violation";
import { withDatabase, type World } from "./world";

const LOOK_EVERY_MS = 2_000;
const STILL_WORK = "Your current keys still work.";

/** While it storms: whatever the portal has called dead must be refused from then on. Looks until `signal` says stop. */
export async function watchTheDead(world: World, history: History, found: Violation[], signal: AbortSignal): Promise<void> {
  const asked = new Set<string>();
  while (!signal.aborted) {
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    const dead = await listDead(world).catch((): string[] => []);
    const pairs = history.pairs().filter(({ accessKeyId }) => dead.includes(accessKeyId) && !asked.has(accessKeyId));
    await inParallel(pairs, async (pair) => {
      asked.add(pair.accessKeyId);
      const backend = world.backends.find(({ region }) => region === pair.region);
      for (const gateway of backend?.gateways ?? []) {
        if ((await askGateway(gateway, backend?.signingRegion ?? "", pair)) !== "accepted") continue;
        found.push({ kind: "undead", what: `in the storm ${pair.accessKeyId} was called dead and ${gateway} (${pair.region}) accepted it` });
      }
    });
  }
}

async function listDead({ databaseUrl }: World): Promise<string[]> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>(`SELECT access_key_id AS id FROM access_keys WHERE state IN ('REVOKED', 'FAILED')`);
    return rows.map(({ id }) => id);
  });
}

/**
 * What a person was just told must be so: a current pair works while another is being made, after a refusal that
 * says so, and after its acknowledgement. Only where nobody else changes anything there.
 */
export async function checkAnswer(world: World, history: History, found: Violation[], attempt: Attempt): Promise<void> {
  const { kind, slot, said, message, acknowledged } = attempt;
  const promised = said === "issued" ? kind === "regenerate" || acknowledged?.said === "ok" : message?.includes(STILL_WORK);
  if (!promised || acknowledged?.said === "unknown" || acknowledged?.said === "refused") return;
  const expected = history.whatMayStand(slot);
  const pair = history.pairs().find(({ accessKeyId }) => accessKeyId === expected[0]);
  const backend = world.backends.find(({ region }) => region === slot.region);
  if (expected.length !== 1 || !pair || !backend || !history.isAlone(attempt, attempt.begun)) return;
  const answers = await Promise.all(backend.gateways.map((gateway) => askGateway(gateway, backend.signingRegion, pair)));
  if (!answers.includes("refused") || !history.isAlone(attempt, attempt.begun)) return;
  found.push({ kind: "untrue", what: `after ${kind} of ${slot.project}/${slot.region} (${said}) ${pair.accessKeyId} was to work and is refused` });
}
