export interface KnownUse {
  /** When the secret was acknowledged. */
  activatedAt: Date | null;
  /** The last use that is known; null for none. */
  lastUsedAt: Date | null;
}

/**
 * The last use of a key, as its storage system tells it, when it is a new one; undefined otherwise. Before it hands a key
 * over, the portal itself asks every gateway with it: what was before the acknowledgement was nobody's use.
 */
export function findNewUse({ activatedAt, lastUsedAt }: KnownUse, usedAt: Date | undefined): Date | undefined {
  if (!usedAt) return undefined;
  if (activatedAt && usedAt <= activatedAt) return undefined;
  return lastUsedAt && usedAt <= lastUsedAt ? undefined : usedAt;
}
