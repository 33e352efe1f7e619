import { describe, expect, test } from "vitest";
import { keyNameSchema } from "@/lib/access-keys/schema";
import type { ShortLivedKey } from "@/lib/cli/credentials/key-cache";
import { composeKeyName, decideNextStep, isUsable } from "@/lib/cli/credentials/rules";

const NOW = new Date("2026-11-28T12:00:00Z");
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000).toISOString();
const keyWith = (lasts: number, checked: number): ShortLivedKey => ({
  name: "mia at laptop 1f2e3d4c",
  accessKeyId: "LKEX0000000000000000",
  secretAccessKey: "x",
  expirationDate: inMinutes(lasts),
  checkedAt: inMinutes(checked),
  region: { name: "north", endpoint: "http://127.0.0.1:9000", signingRegion: "north-1", plainUploads: false },
  access: "full",
});

test("without a key one is made", () => {
  expect(decideNextStep(undefined, NOW)).toBe("renew");
});

test.each([
  [480, 0, "use"],
  [20, 0, "use"],
  [19.9, 0, "renew"],
  [-5, 0, "renew"],
  [480, -4.9, "use"],
  [480, -5, "check"],
  [480, 1, "check"],
  [19.9, -60, "renew"],
])("a key that lasts for %d minutes and was checked at minute %d: %s", (lasts, checked, step) => {
  expect(decideNextStep(keyWith(lasts, checked), NOW)).toBe(step);
});

test.each([
  [1.1, true],
  [1, false],
  [-1, false],
])("a key that lasts for %d minutes can be handed out when there is no new one: %s", (lasts, usable) => {
  expect(isUsable(keyWith(lasts, 0), NOW)).toBe(usable);
});

describe("the name of a key", () => {
  test("says whose it is and where", () => {
    expect(composeKeyName("mia", "laptop-7.example.org", "1f2e3d4c")).toBe("mia at laptop-7.example.org 1f2e3d4c");
  });

  test.each([
    ["DOMAIN\\Mia Müller", "böx  \u202e"],
    ["", ""],
    ["x".repeat(200), "y".repeat(200)],
  ])("is one that the portal takes, for %j at %j", (user, host) => {
    const name = composeKeyName(user, host, "1f2e3d4c");
    expect(keyNameSchema.parse(name)).toBe(name);
  });
});
