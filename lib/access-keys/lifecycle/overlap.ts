import type { KeyState } from "@/lib/access-keys/rules";

export interface OldKey {
  state: KeyState;
  expiresAt: Date | null;
}

/**
 * Until when an old key works on beside the new one, when `overlapSeconds` are asked for. Never after the old key's own
 * date. Undefined: the old key ends at once, because no overlap is asked for, or because the key does not work anyhow.
 */
export function decideOverlapEnd(old: OldKey, overlapSeconds: number | null, now: Date): Date | undefined {
  if (overlapSeconds === null) return undefined;
  if (old.state !== "ACTIVE" && old.state !== "RETIRING") return undefined;
  const end = now.getTime() + overlapSeconds * 1_000;
  const until = Math.min(end, old.expiresAt?.getTime() ?? Infinity);
  return until > now.getTime() ? new Date(until) : undefined;
}
