import { isIP } from "node:net";

const GROUPS = 8;
/** Whoever has IPv6 has at least the last 64 bits to choose from (RFC 4291, 2.5.1; RFC 6177): they tell nobody apart. */
const NETWORK_GROUPS = 4;
/** IPv4 addresses in IPv6's clothes: mapped (RFC 4291, 2.5.5.2), and translated (RFC 6052, 2.1). */
const CARRIES_IPV4 = /^(0:0:0:0:0:ffff|64:ff9b:0:0:0:0):([0-9a-f]+):([0-9a-f]+)$/;

/** What limits count by: of an IPv6 address its /64, an IPv4 address itself. Anything else as it is. */
export function networkOf(address: string): string {
  const [unscoped = ""] = address.split("%");
  if (isIP(unscoped) !== 6) return address;
  const groups = readGroups(unscoped);
  const [, , high, low] = CARRIES_IPV4.exec(groups.join(":")) ?? [];
  if (high !== undefined && low !== undefined) return [...bytesOf(high), ...bytesOf(low)].join(".");
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}

function readGroups(address: string): string[] {
  // As a URL has it: in lower case, without leading zeros, no dots.
  const { hostname } = new URL(`http://[${address}]`);
  const [before = [], after = []] = hostname.slice(1, -1).split("::").map((part) => part.split(":").filter(Boolean));
  return [...before, ...Array<string>(GROUPS - before.length - after.length).fill("0"), ...after];
}

function bytesOf(group: string): [number, number] {
  const bits = parseInt(group, 16);
  return [bits >> 8, bits & 0xff];
}
