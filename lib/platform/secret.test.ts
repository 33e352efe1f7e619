import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";

const secret = new Secret("hunter2");

test.each([
  ["String()", String(secret)],
  ["a template", `${secret}`],
  ["concatenation", "" + secret],
  ["JSON", JSON.stringify({ secret })],
  ["inspect", inspect({ secret }, { depth: 5, showHidden: true })],
  ["its own keys", Object.keys(secret).join()],
])("%s does not show the value", (_way, text) => {
  expect(text).not.toContain("hunter2");
});

test("reveal gives it back", () => {
  expect(secret.reveal()).toBe("hunter2");
});
