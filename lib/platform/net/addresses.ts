import ipaddr, { type IPv4, type IPv6 } from "ipaddr.js";
import { env } from "@/lib/platform/env";
import { splitList } from "@/lib/platform/text/split-list";
import { readEmbeddedAddresses } from "@/lib/platform/net/embedded-addresses";

type Range = [address: IPv4 | IPv6, bits: number];

/** Addresses where no storage system is, and where a request with an admin's credentials could do harm. */
const REFUSED: readonly (readonly [reason: string, ranges: readonly Range[]])[] = [
  ["an address of no server", ["0.0.0.0/8", "::/128"].map(parseRange)],
  [
    "a cloud's metadata service",
    [
      // AWS, Google, Azure, OpenStack and others.
      "169.254.169.254/32",
      // Alibaba.
      "100.100.100.200/32",
      // Oracle.
      "192.0.0.192/32",
      // Azure's second one.
      "168.63.129.16/32",
      // The services of AWS, then Google and Oracle, on IPv6.
      "fd00:ec2::/32",
      "fd20:ce::254/128",
      "fd00:c1::a9fe:a9fe/128",
    ].map(parseRange),
  ],
  ["a link-local address", ["169.254.0.0/16", "fe80::/10"].map(parseRange)],
];
const METADATA_NAMES = [
  "metadata.google.internal",
  "metadata.goog",
  "metadata.azure.internal",
  "instance-data.ec2.internal",
];

let allowed: { names: string[]; ranges: Range[] } | undefined;

/**
 * Why the portal sends no request to `host`, a name or an address as in a URL; undefined when it may. Loopback and
 * private addresses are not refused: storage systems usually have them. LATCHKEY_ALLOWED_ADDRESSES is always allowed.
 * The addresses of a name are not looked up here: `sendOutbound` checks them when it connects. An IPv6 address that
 * carries an IPv4 address is refused when either of the two is.
 */
export function findAddressProblem(host: string): string | undefined {
  const name = normalize(host);
  // ipaddr.js knows fewer zones (such as %eth0) than systems do, and the zone does not matter here.
  const [address = ""] = name.split("%");
  if (ipaddr.isValid(address)) return findProblem(ipaddr.process(address));
  return METADATA_NAMES.includes(name) && !isAllowedName(name) ? "a cloud's metadata service" : undefined;
}

function findProblem(address: IPv4 | IPv6): string | undefined {
  if (isIn(address, readAllowed().ranges)) return undefined;
  const reason = REFUSED.find(([, ranges]) => isIn(address, ranges))?.[0];
  if (reason !== undefined || !isIPv6(address)) return reason;
  return readEmbeddedAddresses(address)
    .map(findProblem)
    .find((found) => found !== undefined);
}

/** Whether the operator named `host` in LATCHKEY_ALLOWED_ADDRESSES: then its addresses are not checked. */
export function isAllowedName(host: string): boolean {
  return readAllowed().names.includes(normalize(host));
}

function normalize(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

function readAllowed() {
  if (allowed) return allowed;
  const parts = splitList(env.LATCHKEY_ALLOWED_ADDRESSES.toLowerCase());
  const isRange = (part: string) => ipaddr.isValid(part.split("/")[0] ?? "");
  allowed = {
    names: parts.filter((part) => !isRange(part)),
    ranges: parts.filter(isRange).map(parseRange),
  };
  return allowed;
}

/** Reads an address or a range in CIDR notation. Throws when the text is neither. */
function parseRange(text: string): Range {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, isIPv6(address) ? 128 : 32];
}

function isIn(address: IPv4 | IPv6, ranges: readonly Range[]): boolean {
  return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

function isIPv6(address: IPv4 | IPv6): address is IPv6 {
  return address.kind() === "ipv6";
}
