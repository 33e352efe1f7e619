import { expect, test } from "vitest";
import { isLoopback, isWildcard, toLocalUrl } from "@/lib/platform/net/host";

test.each(["127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1", "localhost"])("%s is loopback", (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(["192.0.2.1", "::2", "portal.example", "127.example", "127.1", "0.0.0.0", ""])(
  "%s is not loopback",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test.each([
  ["0.0.0.0", true],
  ["::", true],
  ["0:0:0:0:0:0:0:0", true],
  ["127.0.0.1", false],
  ["::1", false],
])("%s is all addresses: %s", (host, expected) => {
  expect(isWildcard(host)).toBe(expected);
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:80"],
  ["0.0.0.0", "http://127.0.0.1:80"],
  ["::", "http://127.0.0.1:80"],
  ["::1", "http://[::1]:80"],
  ["192.0.2.1", "http://192.0.2.1:80"],
])("a server on %s is reached at %s", (host, expected) => {
  expect(toLocalUrl(host, 80)).toBe(expected);
});
