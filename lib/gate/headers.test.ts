import { expect, test } from "vitest";
import { authCookies } from "@/lib/gate/cookies";
import { composeHeaders } from "@/lib/gate/headers";

test("scripts run with the nonce only, and nothing frames the portal", () => {
  const policy = composeHeaders("abc", false)["content-security-policy"];
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
});

test("only the development server may evaluate code and open a WebSocket", () => {
  const policy = composeHeaders("abc", false, true)["content-security-policy"];
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic' 'unsafe-eval'");
  expect(policy).toContain("connect-src 'self' ws:");
  expect(composeHeaders("abc", false)["content-security-policy"]).toContain("connect-src 'self';");
});

test("https adds HSTS, plain http does not", () => {
  expect(composeHeaders("abc", true)["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
  expect(composeHeaders("abc", false)).not.toHaveProperty("strict-transport-security");
});

test("cookies are out of scripts' reach, and on https nobody else can set them", () => {
  for (const secure of [true, false]) {
    for (const cookie of Object.values(authCookies(secure))) {
      expect(cookie.options).toMatchObject({ httpOnly: true, sameSite: "lax", path: "/", secure });
      expect(cookie.options).not.toHaveProperty("domain");
      expect(cookie.name.startsWith("__Host-")).toBe(secure);
    }
  }
});
