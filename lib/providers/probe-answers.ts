import type { ProbeAnswer } from "@/lib/providers/provider";

/** Whether a gateway that answers so has taken the pair. What its owner may do is another matter. */
export function acceptsKey(answer: ProbeAnswer): boolean {
  return answer === "accepted" || answer === "denied";
}

/**
 * Whether a gateway that answers so to an id with a random secret refuses the key. Only of one that is calibrated:
 * to a live key it says that the secret is wrong. `denied` is what radosgw says, until its cache expires, of a key
 * that somebody used during its removal: it finds the user by the id, and the user has no such key.
 */
export function refusesKey(answer: ProbeAnswer): boolean {
  return answer === "refused-unknown" || answer === "denied";
}
