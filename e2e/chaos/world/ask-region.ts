import { setTimeout as pause } from "node:timers/promises";
import type { AccessKey } from "../../fixtures/access-key";
import { askGateway, type GatewayAnswer } from "../../fixtures/ask-gateway";
import type { Backend } from "./backend";

const MAX_TRIES = 10;
const RETRY_PAUSE_MS = 500;

/**
 * Asks one gateway of a region about a key.
 *
 * A gateway that asks Keystone refuses every key while Keystone is down. In such a region (it has a witness key) a
 * refusal counts only when the gateway refuses the key twice and accepts the witness between the two and after them.
 * Otherwise the answer is `no-answer`.
 */
export async function askRegion(
  { signingRegion, witness }: Backend,
  gateway: string,
  key: AccessKey,
): Promise<GatewayAnswer> {
  const ask = (one: AccessKey) => askGateway(gateway, signingRegion, one);
  const answer = await ask(key);
  if (answer !== "refused" || !witness) return answer;
  if ((await ask(witness)) !== "accepted") return "no-answer";
  const again = await ask(key);
  return again === "refused" && (await ask(witness)) !== "accepted" ? "no-answer" : again;
}

/** The same, but asks again (at most 10 times, half a second apart) while there is no answer. */
export async function askRegionWithRetry(backend: Backend, gateway: string, key: AccessKey): Promise<GatewayAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await askRegion(backend, gateway, key);
    if (answer !== "no-answer" || tries === MAX_TRIES) return answer;
    await pause(RETRY_PAUSE_MS);
  }
}
