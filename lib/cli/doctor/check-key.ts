import type { Card, CardSlot } from "@/lib/access-keys/schema";
import { failed, type Finding, ok, warning } from "@/lib/cli/doctor/finding";

const KEY = "key";
const DAY_S = 86_400;

/** What the portal knows of the current key. */
export function evaluateKey({ region }: Card, { key, state, change }: CardSlot): Finding {
  if (region.disabled)
    return warning(KEY, `The project cannot use the region ${region.name} at the portal: no key can be made there.`);
  if (change)
    return warning(KEY, `A change of the key by ${change.by} is in progress since ${change.since}. Try again.`);
  const sentence = STATES[state];
  if (sentence !== undefined || !key) return failed(KEY, `${sentence ?? STATES.DISABLED} (${region.name})`);
  const { accessKeyId, missingSince, expiresAt, expiresInSeconds } = key;
  if (missingSince !== null)
    return failed(
      KEY,
      `The storage system does not know the key ${accessKeyId} since ${missingSince}. Replace it: latchkey keys regenerate`,
    );
  if (expiresAt !== null && expiresInSeconds !== null && expiresInSeconds < DAY_S)
    return warning(KEY, `The key ${accessKeyId} expires at ${expiresAt}. Move the date: latchkey keys set-expiration`);
  return ok(KEY, `The current key in ${region.name} is ${accessKeyId}, and it is active.`);
}

/** Why a key in this state does not work, and what to do. */
const STATES: Partial<Record<CardSlot["state"], string>> = {
  "NOT CONFIGURED": "There is no key. Make one: latchkey keys create",
  ENABLING: "The key is being made. Try again in a moment.",
  INACTIVE: "The key is switched off. Switch it on: latchkey keys activate",
  EXPIRED:
    "The key has expired. Replace it: latchkey keys regenerate, or give it another date: latchkey keys set-expiration",
  REVOKING: "The access was disabled, and the key stops working. Make a new one: latchkey keys create",
  DISABLED: "The access was disabled. Make a new key: latchkey keys create",
};
