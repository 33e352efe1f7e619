import { isIP } from "node:net";
import { toDigits } from "@/lib/platform/net/embedded-addresses";

/** Whoever has IPv6 has at least the last 64 bits to choose from (RFC 4291, 2.5.1; RFC 6177): they tell nobody apart. */
const NETWORK_GROUPS = [0, 4, 8, 12];
/** IPv4 addresses in IPv6's clothes: mapped (RFC 4291, 2.5.5.2), and translated (RFC 6052, 2.1). */
const CARRY_IPV4 = ["00000000000000000000ffff", "0064ff9b0000000000000000"];

/** What limits count by: of an IPv6 address its /64, an IPv4 address itself. Anything else as it is. */
export function networkOf(address: string): string {
  const [unscoped = ""] = address.split("%");
  if (isIP(unscoped) !== 6) return address;
  const digits = toDigits(unscoped);
  const carrier = CARRY_IPV4.find((prefix) => digits.startsWith(prefix));
  if (carrier) return [...Buffer.from(digits.slice(carrier.length), "hex")].join(".");
  const groups = NETWORK_GROUPS.map((at) => parseInt(digits.slice(at, at + 4), 16).toString(16));
  return `${groups.join(":")}::/64`;
}
