import { expect, test } from "vitest";
import { httpUrl } from "@/lib/platform/net/http-url";

test.each([
  ["http://127.0.0.1:80", "http://127.0.0.1"],
  ["https://portal.example:443", "https://portal.example"],
  ["https://Portal.Example/", "https://portal.example"],
  ["https://portal.example:8443", "https://portal.example:8443"],
  ["http://[::1]:3000", "http://[::1]:3000"],
])("%s is the origin %s", (text, origin) => {
  expect(httpUrl.parse(text)).toBe(origin);
});

test.each([
  "portal.example",
  "ftp://portal.example",
  "https://portal.example/path",
  "https://portal.example/?x",
  "https://portal.example/#x",
  "https://user@portal.example",
  "https://:password@portal.example",
])("%s is refused", (text) => {
  expect(httpUrl.safeParse(text).success).toBe(false);
});
