import type { Backend } from "./backends";
import { askGateway, type GatewayAnswer, type KnownPair } from "./signed-request";

/**
 * What a region's gateway says to a pair. One that asks another system refuses everybody while that is away: there a
 * refusal is one only when it comes twice, and the witness is accepted in between and after.
 */
export async function askBackend(
  { signingRegion, witness }: Backend,
  gateway: string,
  pair: KnownPair,
): Promise<GatewayAnswer> {
  const ask = (one: KnownPair) => askGateway(gateway, signingRegion, one);
  const answer = await ask(pair);
  if (answer !== "refused" || !witness) return answer;
  if ((await ask(witness)) !== "accepted") return "no-answer";
  const again = await ask(pair);
  return again === "refused" && (await ask(witness)) !== "accepted" ? "no-answer" : again;
}
