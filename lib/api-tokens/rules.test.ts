import fc from "fast-check";
import { expect, test } from "vitest";
import { composeToken, isTokenLive, isTokenText, isTokenTouchDue, readBearer } from "@/lib/api-tokens/rules";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";

const token = composeToken(randomText);
/** What a token was before it had a checksum. */
const old = token.slice(0, -6);
const now = new Date("2026-01-01T12:00:00Z");
const before = (ms: number) => new Date(now.getTime() - ms);

test.each([
  [`Bearer ${token}`, token],
  [`bearer  ${token}`, token],
  [`Bearer ${old}`, old],
  [`Bearer ${old}aaaaa`, undefined],
  [undefined, undefined],
  ["", undefined],
  [token, undefined],
  [`Basic ${token}`, undefined],
  [`Bearer ${token} more`, undefined],
  [`Bearer ${token}x`, undefined],
  [`Bearer ${token.slice(0, -1)}`, undefined],
  [`Bearer ${old.slice(0, -1)}`, undefined],
  [`Bearer ghp_${token.slice(4)}`, undefined],
])("the header %j holds %s", (header, expected) => {
  expect(readBearer(header)).toBe(expected);
});

const text = (length: number) =>
  fc.array(fc.constantFrom(...ALPHANUMERIC), { minLength: length, maxLength: length }).map((all) => all.join(""));

test("a token is the prefix, random characters and a checksum, and is recognised", () => {
  fc.assert(
    fc.property(text(48), (drawn) => {
      const made = composeToken(() => drawn);
      expect(made).toMatch(/^lkt_[A-Za-z0-9]{54}$/);
      expect(made.slice(4, 52)).toBe(drawn);
      expect(isTokenText(made)).toBe(true);
    }),
  );
});

test("the checksum is the CRC-32 in 62 digits, so that other programs can check a token", () => {
  expect(composeToken(() => "a".repeat(48))).toBe(`lkt_${"a".repeat(48)}BoIpQk`);
});

test("a token with one changed character, and two that are exchanged, are not recognised", () => {
  fc.assert(
    fc.property(text(48), fc.nat(53), fc.constantFrom(...ALPHANUMERIC), (drawn, offset, character) => {
      const made = composeToken(() => drawn);
      const at = 4 + offset;
      fc.pre(made[at] !== character);
      expect(isTokenText(made.slice(0, at) + character + made.slice(at + 1))).toBe(false);
    }),
  );
  fc.assert(
    fc.property(text(48), fc.integer({ min: 4, max: 56 }), (drawn, at) => {
      const made = composeToken(() => drawn);
      fc.pre(made[at] !== made[at + 1]);
      expect(isTokenText(`${made.slice(0, at)}${made[at + 1]}${made[at]}${made.slice(at + 2)}`)).toBe(false);
    }),
  );
});

/** The same texts in every run: one random text in four thousand millions has the right checksum. */
test("a random text of the same form is not recognised", () => {
  fc.assert(
    fc.property(text(54), (random) => {
      expect(isTokenText(`lkt_${random}`)).toBe(false);
    }),
    { seed: 20_261_128, numRuns: 500 },
  );
});

test.each([
  ["new", { expiresAt: before(-1), revokedAt: null, lastUsedAt: null }, true, true],
  ["over at this moment", { expiresAt: now, revokedAt: null, lastUsedAt: null }, false, true],
  ["revoked", { expiresAt: before(-1), revokedAt: before(1), lastUsedAt: before(59_999) }, false, false],
  ["used a minute ago", { expiresAt: before(-1), revokedAt: null, lastUsedAt: before(60_000) }, true, true],
])("a token that is %s", (_case, times, live, due) => {
  expect([isTokenLive(times, now), isTokenTouchDue(times, now)]).toEqual([live, due]);
});
