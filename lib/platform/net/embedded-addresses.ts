/** An octet of an IPv6 address that holds one of an IPv4 address; the four of each form, in order. */
type Octets = readonly [number, number, number, number];

const LAST: Octets = [12, 13, 14, 15];

/** By the prefix in hexadecimal digits: where a gateway or a host on the way takes an IPv4 address from. */
const FORMS: readonly (readonly [prefix: string, places: readonly Octets[]])[] = [
  // 6to4, RFC 3056.
  ["2002", [[2, 3, 4, 5]]],
  // NAT64's well-known prefix, RFC 6052.
  ["0064ff9b0000000000000000", [LAST]],
  // NAT64's prefix for networks of one's own, RFC 8215: shorter prefixes in it have the address further to the left.
  ["0064ff9b0001", [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], LAST]],
  // SIIT, RFC 2765, and IPv4-compatible, RFC 4291. Mapped ones Node's BlockList sees through.
  ["0000000000000000ffff0000", [LAST]],
  ["000000000000000000000000", [LAST]],
];

/**
 * The IPv4 addresses that an IPv6 address may stand for at a translator; [] for one that stands for itself. Those that
 * begin with 0 are left out: they lead nowhere, and ::1 is none of them.
 */
export function readEmbeddedAddresses(address: string): string[] {
  const digits = toDigits(address);
  const octets = Buffer.from(digits, "hex");
  return FORMS.filter(([prefix]) => digits.startsWith(prefix))
    .flatMap(([, places]) => places.map((place) => place.map((at) => octets[at] ?? 0)))
    .filter(([first]) => first !== 0)
    .map((parts) => parts.join("."));
}

/** All 32 hexadecimal digits of an IPv6 address without a zone. */
export function toDigits(address: string): string {
  // A URL's host has no dotted part any more.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::").map((part) =>
    part
      .split(":")
      .filter(Boolean)
      .map((group) => group.padStart(4, "0"))
      .join(""),
  );
  return tail === undefined ? head : head.padEnd(32 - tail.length, "0") + tail;
}
