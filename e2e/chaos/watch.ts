import { setTimeout as pause } from "node:timers/promises";
import { askBackend } from "./ask-backend";
import type { Backend } from "./backends";
import type { Attempt, History } from "./history";
import { inParallel } from "./in-parallel";
import type { Random } from "./random";
import type { KnownPair } from "./signed-request";
import type { Violation } from "./violation";
import { withDatabase, type World } from "./world";

const LOOK_EVERY_MS = 2_000;
/** So many of those that every gateway has refused are asked about again each time. */
const AGAIN = 6;
const STILL_WORK = "Your current keys still work.";

/** How often what people were told was tried out. A check that never runs finds nothing. */
export interface Tried {
  /** After a pair was delivered or acknowledged. */
  issued: number;
  /** After a refusal that says that the current keys still work. */
  stillWork: number;
}

/** While it storms: whatever the portal has called dead must be refused from then on. Looks until `signal` says stop. */
export async function watchTheDead(
  world: World,
  history: History,
  found: Violation[],
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const refused = new Set<string>();
  while (!signal.aborted) {
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    const called = new Set(await listDead(world).catch((): string[] => []));
    const dead = history.pairs().filter(({ accessKeyId }) => called.has(accessKeyId));
    const known = dead.filter(({ accessKeyId }) => refused.has(accessKeyId));
    const again = known.length > 0 ? Array.from({ length: AGAIN }, () => random.pick(known)) : [];
    const pairs = new Set([...dead.filter((pair) => !refused.has(pair.accessKeyId)), ...again]);
    await inParallel([...pairs], async (pair) => {
      const backend = world.backends.find(({ region }) => region === pair.region);
      if (backend && (await isRefusedEverywhere(backend, pair, found))) refused.add(pair.accessKeyId);
    });
  }
}

/** Asks every gateway. A gateway that is down has refused nothing: the pair is asked about again. */
export async function isRefusedEverywhere(backend: Backend, pair: KnownPair, found: Violation[]): Promise<boolean> {
  const answers = await Promise.all(backend.gateways.map((gateway) => askBackend(backend, gateway, pair)));
  for (const [index, gateway] of backend.gateways.entries()) {
    if (answers[index] !== "accepted") continue;
    found.push({
      kind: "undead",
      what: `in the storm ${pair.accessKeyId} was called dead and ${gateway} (${backend.region}) accepted it`,
    });
  }
  return answers.every((answer) => answer === "refused");
}

async function listDead({ databaseUrl }: World): Promise<string[]> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT access_key_id AS id FROM access_keys WHERE state IN ('REVOKED', 'FAILED')`,
    );
    return rows.map(({ id }) => id);
  });
}

/**
 * What a person was just told must be so: a current pair works while another is being made, after a refusal that
 * says so, and after its acknowledgement. Only where nobody else changes anything there.
 */
export async function checkAnswer(
  { backends }: Pick<World, "backends">,
  history: History,
  { found, tried }: { found: Violation[]; tried: Tried },
  attempt: Attempt,
): Promise<void> {
  const { kind, slot, said, message, acknowledged } = attempt;
  const promised =
    said === "issued" ? kind === "regenerate" || acknowledged?.said === "ok" : message?.includes(STILL_WORK);
  if (!promised || acknowledged?.said === "unknown" || acknowledged?.said === "refused") return;
  const expected = history.whatMayStand(slot);
  const pair = history.pairs().find(({ accessKeyId }) => accessKeyId === expected[0]);
  const backend = backends.find(({ region }) => region === slot.region);
  if (expected.length !== 1 || !pair || !backend || !history.isAlone(attempt, attempt.begun)) return;
  const answers = await Promise.all(backend.gateways.map((gateway) => askBackend(backend, gateway, pair)));
  if (!history.isAlone(attempt, attempt.begun) || answers.every((answer) => answer === "no-answer")) return;
  tried[said === "issued" ? "issued" : "stillWork"] += 1;
  if (!answers.includes("refused")) return;
  found.push({
    kind: "untrue",
    what: `after ${kind} of ${slot.project}/${slot.region} (${said}) ${pair.accessKeyId} was to work and is refused`,
  });
}
