import { expect, test } from "vitest";
import { composeToken, isTokenLive, isTokenTouchDue, readBearer } from "@/lib/api-tokens/rules";
import { randomText } from "@/lib/platform/crypto/random-text";

const token = composeToken(randomText);
const now = new Date("2026-01-01T12:00:00Z");
const before = (ms: number) => new Date(now.getTime() - ms);

test.each([
  [`Bearer ${token}`, token],
  [`bearer  ${token}`, token],
  [undefined, undefined],
  ["", undefined],
  [token, undefined],
  [`Basic ${token}`, undefined],
  [`Bearer ${token} more`, undefined],
  [`Bearer ${token}x`, undefined],
  [`Bearer ${token.slice(0, -1)}`, undefined],
  [`Bearer ghp_${token.slice(4)}`, undefined],
])("the header %j holds %s", (header, expected) => {
  expect(readBearer(header)).toBe(expected);
});

test.each([
  ["new", { expiresAt: before(-1), revokedAt: null, lastUsedAt: null }, true, true],
  ["over at this moment", { expiresAt: now, revokedAt: null, lastUsedAt: null }, false, true],
  ["revoked", { expiresAt: before(-1), revokedAt: before(1), lastUsedAt: before(59_999) }, false, false],
  ["used a minute ago", { expiresAt: before(-1), revokedAt: null, lastUsedAt: before(60_000) }, true, true],
])("a token that is %s", (_case, times, live, due) => {
  expect([isTokenLive(times, now), isTokenTouchDue(times, now)]).toEqual([live, due]);
});
