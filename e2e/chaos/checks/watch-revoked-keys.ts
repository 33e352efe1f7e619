import { setTimeout as wait } from "node:timers/promises";
import type { AccessKey } from "../../fixtures/access-key";
import { withDatabase } from "../../fixtures/database";
import type { History } from "../history";
import { inParallel } from "../in-parallel";
import type { Random } from "../random";
import { askRegion } from "../world/ask-region";
import type { Backend } from "../world/backend";
import type { World } from "../world/world";
import type { Violation } from "./violation";

const CHECK_EVERY_MS = 2_000;
/** How many of the keys that every gateway has refused are checked again each time. */
const CHECKED_AGAIN = 6;

/**
 * During the faults: from the moment when the portal calls a key revoked or failed, every gateway must refuse it.
 * Checks until `signal` is aborted.
 */
export async function watchRevokedKeys(
  world: World,
  history: History,
  violations: Violation[],
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const refused = new Set<string>();
  while (!signal.aborted) {
    await wait(CHECK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    const goneIds = new Set(await listGone(world).catch((): string[] => []));
    const gone = history.keys().filter(({ accessKeyId }) => goneIds.has(accessKeyId));
    const known = gone.filter(({ accessKeyId }) => refused.has(accessKeyId));
    const again = known.length > 0 ? Array.from({ length: CHECKED_AGAIN }, () => random.pick(known)) : [];
    const keys = new Set([...gone.filter((key) => !refused.has(key.accessKeyId)), ...again]);
    await inParallel([...keys], async (key) => {
      const backend = world.backends.find(({ region }) => region === key.region);
      if (backend && (await isRefusedEverywhere(backend, key, violations))) refused.add(key.accessKeyId);
    });
  }
}

/** Asks every gateway. A gateway that is down has refused nothing: the key is checked again. */
export async function isRefusedEverywhere(backend: Backend, key: AccessKey, violations: Violation[]): Promise<boolean> {
  const answers = await Promise.all(backend.gateways.map((gateway) => askRegion(backend, gateway, key)));
  for (const [index, gateway] of backend.gateways.entries()) {
    if (answers[index] !== "accepted") continue;
    const what = `${gateway} (${backend.region}) accepted ${key.accessKeyId} after the portal had called it gone`;
    violations.push({ kind: "still-accepted", what });
  }
  return answers.every((answer) => answer === "refused");
}

async function listGone({ databaseUrl }: World): Promise<string[]> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT access_key_id AS id FROM access_keys WHERE state IN ('REVOKED', 'FAILED')`,
    );
    return rows.map(({ id }) => id);
  });
}
