import { expect, test } from "vitest";
import { TOKEN_DAYS_MAX } from "@/lib/api-tokens/schema";
import { decideExpiration, describeTokenRefusal } from "@/lib/own-tokens/rules";
import { createTokenInputSchema, TOKEN_REFUSALS } from "@/lib/own-tokens/schema";

const now = new Date("2026-11-28T12:00:00.000Z");
const at = (ms: number) => new Date(now.getTime() + ms).toISOString();
const MAX_MS = TOKEN_DAYS_MAX * 24 * 60 * 60 * 1_000;

test.each([
  ["30 days", { expiresIn: "30" as const }, { ok: true, expiresAt: new Date("2026-12-28T12:00:00Z") }],
  ["90 days", { expiresIn: "90" as const }, { ok: true, expiresAt: new Date("2027-02-26T12:00:00Z") }],
  ["a date", { expiresIn: "date" as const, expirationDate: at(1) }, { ok: true, expiresAt: new Date(at(1)) }],
  ["the last date", { expiresIn: "date" as const, expirationDate: at(MAX_MS) }, { ok: true }],
  ["this moment", { expiresIn: "date" as const, expirationDate: at(0) }, { ok: false, reason: "date-passed" }],
  ["a day too many", { expiresIn: "date" as const, expirationDate: at(MAX_MS + 1) }, { reason: "date-too-far" }],
  ["no date at all", { expiresIn: "date" as const }, { ok: false, reason: "date-passed" }],
])("a token for %s", (_case, wish, expected) => {
  expect(decideExpiration(wish, now)).toMatchObject(expected);
});

test("every refusal says that no token was made, and what to do", () => {
  for (const reason of TOKEN_REFUSALS)
    expect(describeTokenRefusal(reason)).toMatch(/ No token was made; (choose|revoke) .+\.$/);
});

const input = { name: "nightly", project: "demo", scope: "read", expiresIn: "30" };

test("an input that fits is taken, and its name is trimmed", () => {
  expect(createTokenInputSchema.parse({ ...input, name: "  nightly " })).toEqual(input);
  expect(createTokenInputSchema.safeParse({ ...input, project: null }).success).toBe(true);
});

test.each<[string, object]>([
  ["an empty name", { name: "  " }],
  ["a name of 101 characters", { name: "x".repeat(101) }],
  ["a name of 200 characters", { name: "x".repeat(200) }],
  ["a control character", { name: "a\u0000b" }],
  ["a line end", { name: "a\nb" }],
  ["a sign that turns the text around", { name: "a\u202Eb" }],
  ["a project that is no slug", { project: "../demo" }],
  ["no project", { project: undefined }],
  ["another scope", { scope: "admin" }],
  ["other days", { expiresIn: "31" }],
  ["a date without date", { expiresIn: "date" }],
  ["days and a date", { expirationDate: "2027-01-01T00:00:00Z" }],
  ["a date without a time", { expiresIn: "date", expirationDate: "2027-01-01" }],
  ["an unknown field", { userId: "someone" }],
])("%s is refused", (_case, change) => {
  expect(createTokenInputSchema.safeParse({ ...input, ...change }).success).toBe(false);
});
