import { expect, test } from "vitest";
import { chooseFirstRunMode } from "@/lib/supervisor/first-run-mode";
import { planSettings } from "@/lib/platform/config/resolve-settings";

test.each([
  ["the embedded database on loopback", {}, undefined, "demo"],
  ["another database", { DATABASE_URL: "postgresql://db.example/latchkey" }, undefined, undefined],
  ["reachable by others", { HOST: "192.0.2.2", LATCHKEY_ALLOW_HTTP: "1" }, undefined, undefined],
  ["published by a proxy", { LATCHKEY_URL: "https://portal.example" }, undefined, undefined],
  ["IPv6 loopback", { HOST: "::1" }, undefined, "demo"],
  ["reachable by others, demo data requested", { HOST: "192.0.2.2", LATCHKEY_ALLOW_HTTP: "1" }, "demo", "demo"],
  ["an empty installation requested", {}, "empty", "empty"],
] as const)("%s", (_case, environment, mode, expected) => {
  expect(chooseFirstRunMode(planSettings(environment), { mode, dev: false })).toBe(expected);
});

test("development gets demo data even with another database", () => {
  const plan = planSettings({ DATABASE_URL: "postgresql://db.example/latchkey" });
  expect(chooseFirstRunMode(plan, { mode: undefined, dev: true })).toBe("demo");
});
