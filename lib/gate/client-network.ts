import { isIP } from "node:net";

const GROUPS = 8;
/** A site's customer has at least the last 64 bits to choose from (RFC 4291, 2.5.1; RFC 6177): they tell nobody apart. */
const NETWORK_GROUPS = 4;

/** What the limits count by: an IPv4 address itself, of an IPv6 address its /64. Anything else as it is. */
export function networkOf(address: string): string {
  const [unscoped = ""] = address.split("%");
  if (isIP(unscoped) !== 6) return address;
  // As a URL has it: in lower case, without leading zeros, no dots.
  const { hostname } = new URL(`http://[${unscoped}]`);
  const [before = [], after = []] = hostname.slice(1, -1).split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array<string>(GROUPS - before.length - after.length).fill("0");
  return `${[...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(":")}::/64`;
}
