import { type Attempt, type History, nameSlot } from "../history";
import { askRegion } from "../world/ask-region";
import type { World } from "../world/world";
import type { Violation } from "./violation";

const STILL_WORK = "Your current keys still work.";

/** How many answers were verified. A check that never runs finds nothing. */
export interface Verified {
  /** Answers with a key, and acknowledgements. */
  issued: number;
  /** Refusals that say that the current keys still work. */
  stillWork: number;
}

/**
 * Verifies what the portal has just told somebody: the active key works while its successor is not acknowledged, after
 * a refusal that says so, and after its own acknowledgement. Verifies nothing where another change is in flight.
 */
export async function checkAnswer(
  { backends }: Pick<World, "backends">,
  history: History,
  { violations, verified }: { violations: Violation[]; verified: Verified },
  attempt: Attempt,
): Promise<void> {
  const { change, slot, answer, message, acknowledged } = attempt;
  const promisesAKey =
    answer === "issued"
      ? change === "regenerate" || acknowledged?.answer === "ok"
      : (message?.includes(STILL_WORK) ?? false);
  if (!promisesAKey || acknowledged?.answer === "unknown" || acknowledged?.answer === "refused") return;
  const possible = history.listPossibleKeys(slot);
  const key = history.keys().find(({ accessKeyId }) => accessKeyId === possible[0]);
  const backend = backends.find(({ region }) => region === slot.region);
  if (key && history.mayBeAdjusted(slot, key.accessKeyId)) return;
  if (possible.length !== 1 || !key || !backend || !history.isAlone(attempt, attempt.begun)) return;
  const answers = await Promise.all(backend.gateways.map((gateway) => askRegion(backend, gateway, key)));
  if (!history.isAlone(attempt, attempt.begun) || answers.every((one) => one === "no-answer")) return;
  verified[answer === "issued" ? "issued" : "stillWork"] += 1;
  if (!answers.includes("refused")) return;
  const what = `after ${change} of ${nameSlot(slot)} (${answer}) ${key.accessKeyId} must work and is refused`;
  violations.push({ kind: "wrong-answer", what });
}
