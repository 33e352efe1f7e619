import { expect, test } from "vitest";
import { callAction, isOutcomeKnown } from "@/components/ui/call-action";

const failed = (code: string) => callAction(async () => ({ serverError: { code, message: "No." } }));

test("a reply that says what happened is known", async () => {
  expect(isOutcomeKnown(await callAction(async () => ({ data: { ok: false } })))).toBe(true);
  for (const code of ["FORBIDDEN", "NOT_FOUND", "CONFLICT", "RATE_LIMITED"])
    expect(isOutcomeKnown(await failed(code))).toBe(true);
});

test("no reply, and a failure in the middle of a change, leave the outcome unknown", async () => {
  expect(isOutcomeKnown(await callAction(async () => undefined))).toBe(false);
  for (const code of ["INTERNAL", "UNAVAILABLE"]) expect(isOutcomeKnown(await failed(code))).toBe(false);
});
