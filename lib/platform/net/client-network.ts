import ipaddr from "ipaddr.js";

/** NAT64, RFC 6052: the last 32 bits are an IPv4 address. */
const NAT64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/**
 * What limits of rates and of connections count by. Of an IPv6 address the /64, because whoever has IPv6 can choose
 * among all addresses of at least a /64 (RFC 4291, 2.5.1; RFC 6177). An IPv4 address counts as itself, also when an IPv6
 * address carries it. Any other text is given back as it is.
 */
export function networkOf(address: string): string {
  const [withoutZone = ""] = address.split("%");
  if (!ipaddr.IPv6.isValid(withoutZone)) return address;
  const parsed = ipaddr.IPv6.parse(withoutZone);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  if (parsed.match(NAT64)) return new ipaddr.IPv4(parsed.toByteArray().slice(12)).toString();
  const groups = parsed.parts.slice(0, 4).map((group) => group.toString(16));
  return `${groups.join(":")}::/64`;
}
