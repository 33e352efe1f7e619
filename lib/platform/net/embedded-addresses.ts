import ipaddr, { type IPv4, type IPv6 } from "ipaddr.js";

/** The positions, in the 16 bytes of an IPv6 address, of the four bytes of an IPv4 address. */
type Positions = readonly [number, number, number, number];

const LAST_FOUR: Positions = [12, 13, 14, 15];

/** The IPv6 ranges in which an address carries an IPv4 address, and where it carries it. */
const CARRIERS: readonly (readonly [range: string, positions: readonly Positions[]])[] = [
  // IPv4-mapped and IPv4-compatible, RFC 4291.
  ["::ffff:0:0/96", [LAST_FOUR]],
  ["::/96", [LAST_FOUR]],
  // SIIT, RFC 2765.
  ["::ffff:0:0:0/96", [LAST_FOUR]],
  // 6to4, RFC 3056.
  ["2002::/16", [[2, 3, 4, 5]]],
  // NAT64 with the well-known prefix, RFC 6052.
  ["64:ff9b::/96", [LAST_FOUR]],
  // NAT64 with a prefix of the network itself, RFC 8215. A shorter prefix has the address further to the left.
  ["64:ff9b:1::/48", [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], LAST_FOUR]],
];

/**
 * The IPv4 addresses that a gateway or a translator may send packets for this IPv6 address to; [] when there are none.
 * Addresses in 0.0.0.0/8 are left out, because they lead nowhere. Without this rule `::1` would carry 0.0.0.1.
 */
export function readEmbeddedAddresses(address: IPv6): IPv4[] {
  const bytes = address.toByteArray();
  return CARRIERS.filter(([range]) => address.match(ipaddr.IPv6.parseCIDR(range)))
    .flatMap(([, positions]) => positions.map((four) => four.map((at) => bytes[at] ?? 0)))
    .filter(([first]) => first !== 0)
    .map((four) => new ipaddr.IPv4(four));
}
