import type { ShortLivedKey } from "@/lib/cli/credentials/key-cache";
import type { EXIT } from "@/lib/cli/failure";

const MINUTE_MS = 60_000;
/** SDKs ask for new credentials 15 minutes before the end, and must get other ones then. */
const RENEWED_BELOW_MS = 20 * MINUTE_MS;
/** A key that lasts for less is not handed out any more. */
const USABLE_ABOVE_MS = MINUTE_MS;
/** Somebody may have ended the key at the portal. So long nobody asks. */
const CHECKED_FOR_MS = 5 * MINUTE_MS;

const lastsMs = ({ expirationDate }: Pick<ShortLivedKey, "expirationDate">, now: Date): number =>
  Date.parse(expirationDate) - now.getTime();

/** What to do with the key of a file. */
export type NextStep = "use" | "check" | "renew";

/** Whether a key is handed out as it is, is asked about at the portal first, or is followed by a new one. */
export function decideNextStep(key: ShortLivedKey | undefined, now: Date): NextStep {
  if (!key || lastsMs(key, now) < RENEWED_BELOW_MS) return "renew";
  const age = now.getTime() - Date.parse(key.checkedAt);
  // A time in the future: the clock of the machine was changed.
  return age >= 0 && age < CHECKED_FOR_MS ? "use" : "check";
}

/** Whether a key can still be handed out when no new one is to be had. */
export function isUsable(key: ShortLivedKey, now: Date): boolean {
  return lastsMs(key, now) > USABLE_ABOVE_MS;
}

/** The exits that say: this person or this token may not. A key that is still there is not handed out then. */
const DECISIONS: readonly (keyof typeof EXIT)[] = ["signedOut", "notAllowed", "usage"];

/** Whether a failure is a decision of the portal, and no trouble that passes. */
export const isDecision = (exit: keyof typeof EXIT): boolean => DECISIONS.includes(exit);

const PART_MAX = 20;
const plain = (text: string): string => text.replaceAll(/[^\w.-]+/g, "-").slice(0, PART_MAX) || "unknown";

/** The name of a new key: whose and where, for people, and `unique`, because several machines may have one name. */
export function composeKeyName(user: string, host: string, unique: string): string {
  return `${plain(user)} at ${plain(host)} ${unique}`;
}
