import { ALPHANUMERIC } from "@/lib/platform/crypto/random-text";

/** Makes a leaked token recognisable as one of Latchkey's API. */
const PREFIX = "lkt_";
/** 48 characters are 285 random bits. */
const RANDOM_LENGTH = 48;
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9]{${RANDOM_LENGTH}}$`);

/** How long a token may live. Days. */
export const TOKEN_DAYS_MAX = 366;
export const TOKEN_DAYS_DEFAULT = 90;

/** How often the use of a token is written down at most. Milliseconds. */
const TOUCH_EVERY_MS = 60_000;

/** A new token, from the caller's source of randomness. */
export function composeToken(draw: (length: number, alphabet: string) => string): string {
  return PREFIX + draw(RANDOM_LENGTH, ALPHANUMERIC);
}

/** The token in an Authorization header (RFC 6750). Undefined when there is none of our form. */
export function readBearer(header: string | undefined): string | undefined {
  const token = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
  return token !== undefined && FORM.test(token) ? token : undefined;
}

export interface TokenTimes {
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** Whether a token still stands for its person. */
export function isTokenLive(token: TokenTimes, now: Date): boolean {
  return token.revokedAt === null && now.getTime() < token.expiresAt.getTime();
}

/** Whether the use of the token is to be written down now. */
export function isTokenTouchDue(token: TokenTimes, now: Date): boolean {
  return token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() >= TOUCH_EVERY_MS;
}
