import { expect, test } from "vitest";
import { authCookies } from "@/lib/gate/cookies";
import { config } from "@/proxy";
import { composeBaseHeaders, composeHeaders } from "@/lib/gate/headers";

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

test("an answer that is no page lets a browser load and run nothing", () => {
  const headers = composeBaseHeaders(true);
  expect(headers["content-security-policy"]).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
  expect(composeBaseHeaders(false)).not.toHaveProperty("strict-transport-security");
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

test("the proxy leaves out the files that are there, and no path that begins like one", () => {
  const matches = (path: string) => new RegExp(`^${config.matcher}$`).test(path);
  for (const page of ["/", "/login", "/icon.svgfoo", "/icon.svg/x", "/robots.txt.html", "/icons/x", "/api/auth/csrf"]) {
    expect(matches(page), page).toBe(true);
  }
  for (const file of ["/icon.svg", "/icons/icon-192.png", "/robots.txt", "/_next/static/chunks/x.js"]) {
    expect(matches(file), file).toBe(false);
  }
});
