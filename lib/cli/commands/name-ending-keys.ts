import type { CardSlot } from "@/lib/access-keys/schema";

/**
 * What ends when the access of a slot ends, for a question: the key that is meant, and every other key that the slot has.
 * Without `meant` it is the current one.
 */
export function nameEndingKeys(
  { key, retiring }: Pick<CardSlot, "key" | "retiring"> = { key: null, retiring: null },
  meant = key?.accessKeyId ?? retiring?.accessKeyId,
): string {
  if (meant === undefined) return "The access";
  const others = [key, retiring].flatMap((other) => other?.accessKeyId ?? []).filter((id) => id !== meant);
  return others.length === 0 ? `The key ${meant}` : `The key ${meant} (and with it ${others.join(" and ")})`;
}
