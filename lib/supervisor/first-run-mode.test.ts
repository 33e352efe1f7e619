import { expect, test } from "vitest";
import { chooseFirstRunMode } from "@/lib/supervisor/first-run-mode";
import { planSettings } from "@/lib/platform/config/resolve-settings";

test.each([
  ["embedded database on loopback", {}, undefined, "demo"],
  ["a database of one's own", { DATABASE_URL: "postgresql://db.example/latchkey" }, undefined, undefined],
  ["reachable by others", { HOST: "192.0.2.2" }, undefined, undefined],
  ["published by a proxy", { LATCHKEY_URL: "https://portal.example" }, undefined, undefined],
  ["IPv6 loopback", { HOST: "::1" }, undefined, "demo"],
  ["asked for, reachable by others", { HOST: "192.0.2.2" }, "demo", "demo"],
  ["asked to be empty", {}, "empty", "empty"],
] as const)("%s", (_case, environment, asked, expected) => {
  expect(chooseFirstRunMode(planSettings(environment), asked)).toBe(expected);
});
