import { crc32 } from "node:zlib";
import type { TokenScope } from "@/lib/api-tokens/schema";
import { ALPHANUMERIC } from "@/lib/platform/crypto/random-text";

/** Makes a leaked token recognisable as one of Latchkey's API. */
const PREFIX = "lkt_";
/** 48 characters are 285 random bits. */
const RANDOM_LENGTH = 48;
/** 32 bits in 62 digits. */
const CHECKSUM_LENGTH = 6;
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);
/** Tokens were made without a checksum before, and stay valid. */
const OLD_FORM = new RegExp(`^${PREFIX}[A-Za-z0-9]{${RANDOM_LENGTH}}$`);

/** How often the use of a token is written down at most. Milliseconds. */
const TOUCH_EVERY_MS = 60_000;

/**
 * A new token, from the caller's source of randomness: the prefix, random characters, and a checksum that tells a real
 * token from a random text or a typing error without asking the portal.
 */
export function composeToken(draw: (length: number, alphabet: string) => string): string {
  const body = PREFIX + draw(RANDOM_LENGTH, ALPHANUMERIC);
  return body + checksum(body);
}

/** Whether a text has the form of a token and its checksum is right. Tokens without a checksum are not recognised. */
export function isTokenText(text: string): boolean {
  return FORM.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** The CRC-32 of a text as a number with 62 digits. `ALPHANUMERIC` holds the digits in their order. */
function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    text = ALPHANUMERIC.charAt(rest % ALPHANUMERIC.length) + text;
    rest = Math.floor(rest / ALPHANUMERIC.length);
  }
  return text;
}

/** The token in an Authorization header (RFC 6750). Undefined when there is none of our form. */
export function readBearer(header: string | undefined): string | undefined {
  const token = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
  return token !== undefined && (isTokenText(token) || OLD_FORM.test(token)) ? token : undefined;
}

/** What a token limits its person to. */
export interface TokenLimits {
  /** The only project in which the token works; null for every project of the person. */
  projectId: string | null;
  scope: TokenScope;
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
