import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { findClientAddress, parseTrustedProxies } from "@/lib/web-server/client-address";

const none = parseTrustedProxies("");
const proxies = parseTrustedProxies("10.0.0.0/8, 192.0.2.7, 2001:db8::/32");

test.each([
  ["no proxy configured: the header is ignored", none, "203.0.113.9", "1.2.3.4", "203.0.113.9"],
  ["no header", proxies, "10.0.0.1", undefined, "10.0.0.1"],
  ["an untrusted peer's header is ignored", proxies, "203.0.113.9", "1.2.3.4", "203.0.113.9"],
  ["one proxy", proxies, "10.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["two proxies", proxies, "10.0.0.1", "203.0.113.9, 192.0.2.7", "203.0.113.9"],
  [
    "entries that the client invented are further left",
    proxies,
    "10.0.0.1",
    "10.9.9.9, 1.1.1.1, 203.0.113.9",
    "203.0.113.9",
  ],
  ["all entries are trusted: the leftmost entry", proxies, "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["an IPv4 peer on an IPv6 socket", proxies, "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["an IPv6 proxy and client", proxies, "2001:db8::1", "2001:DB9::5", "2001:db9::5"],
  ["ports are left out", proxies, "10.0.0.1", "203.0.113.9:4711", "203.0.113.9"],
  ["brackets are left out", proxies, "10.0.0.1", "[2001:db9::5]:4711", "2001:db9::5"],
  ["an invalid entry ends the chain", proxies, "10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"],
  ["an invalid entry further left does not matter", proxies, "10.0.0.1", "<script>, 203.0.113.9", "203.0.113.9"],
  [
    "an invalid entry between proxies ends the chain",
    proxies,
    "10.0.0.1",
    "203.0.113.9, unknown, 10.0.0.2",
    "10.0.0.2",
  ],
  ["a short form is not an address", proxies, "10.0.0.1", "203.0.113.9, 10.1", "10.0.0.1"],
  ["a mapped IPv4 entry", proxies, "10.0.0.1", "203.0.113.9, ::ffff:192.0.2.7", "203.0.113.9"],
  ["an IPv4 client is not in an IPv6 range", proxies, "10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
  ["a tab between entries", proxies, "10.0.0.1", "203.0.113.9,\t192.0.2.7", "203.0.113.9"],
  ["an empty entry does not matter", proxies, "10.0.0.1", "203.0.113.9, ,", "203.0.113.9"],
])("%s", (_case, isTrusted, peer, header, expected) => {
  const request = { socket: { remoteAddress: peer }, headers: { "x-forwarded-for": header } };
  expect(findClientAddress(request as unknown as IncomingMessage, isTrusted)).toBe(expected);
});

test("without a proxy configured, a closed connection has no address", () => {
  expect(findClientAddress({ socket: {}, headers: {} } as unknown as IncomingMessage, none)).toBe("");
});
