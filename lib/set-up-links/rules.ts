import type { LinkRefusal } from "@/lib/set-up-links/schema";

/** For how long a set-up link works. Long enough for a person who is away for a few days. */
export const SET_UP_LINK_DAYS = 7;

/** Of 62 characters: 285 random bits. */
export const SECRET_LENGTH = 48;

export interface LinkState {
  expiresAt: Date;
  usedAt: Date | null;
  withdrawnAt: Date | null;
  /** Whether the user of the link is disabled. */
  disabled: boolean;
}

/** Why a link does not work; undefined when it does. `link` is undefined where no link has the secret. */
export function findLinkRefusal(link: LinkState | undefined, now: Date): LinkRefusal | undefined {
  if (!link) return "unknown";
  if (link.usedAt) return "used";
  if (link.disabled) return "disabled";
  if (link.withdrawnAt) return "replaced";
  return now.getTime() < link.expiresAt.getTime() ? undefined : "late";
}

const ASK = "Ask an administrator of this portal for a new one.";
const SENTENCES: Record<LinkRefusal, string> = {
  unknown: `This is not a set-up link of this portal. Check that you opened the whole link. ${ASK}`,
  used: `This link was used already, and works once. Sign in with the password that was chosen. If that was not you, tell an administrator of this portal.`,
  late: `This link is too old. ${ASK}`,
  replaced: `This link does not work any more. Use the newest link that you got. ${ASK}`,
  disabled: `This account is switched off at present. Ask an administrator of this portal.`,
};

/** The sentence for a link that does not work. */
export function describeLinkRefusal(reason: LinkRefusal): string {
  return `${SENTENCES[reason]} Nothing was changed.`;
}
