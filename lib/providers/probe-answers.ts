import type { ProbeAnswer } from "@/lib/providers/provider";

/** Whether this answer means that the gateway accepted the key. It says nothing about what the key may do. */
export function acceptsKey(answer: ProbeAnswer): boolean {
  return answer === "accepted" || answer === "denied";
}

/**
 * Whether this answer, to a request with the key's id and a random secret, means that the gateway refuses the key.
 * Holds only for gateways with the measurement `random-secret`, which answer `refused-secret` while the key is live.
 * radosgw answers `denied` when somebody used the key during its removal: until its cache expires it finds the user by
 * the id, and then no such key of that user.
 */
export function refusesKey(answer: ProbeAnswer): boolean {
  return answer === "refused-unknown" || answer === "denied";
}
