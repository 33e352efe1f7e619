import { BlockList, isIP } from "node:net";
import { readEmbeddedAddresses } from "@/lib/platform/net/embedded-addresses";
import { env } from "@/lib/platform/env";
import { splitList } from "@/lib/platform/config/settings";

type Range = readonly [address: string, bits: number];

/** Where no storage is, and where a request made with an admin's credentials could do harm. */
const REFUSED: readonly (readonly [why: string, ranges: readonly Range[]])[] = [
  [
    "an address of no server",
    [
      ["0.0.0.0", 8],
      ["::", 128],
    ],
  ],
  [
    "a cloud's metadata service",
    [
      // AWS, Google, Azure, OpenStack and others; Alibaba; Oracle; Azure's other one; then AWS's services, Google, Oracle on IPv6.
      ["169.254.169.254", 32],
      ["100.100.100.200", 32],
      ["192.0.0.192", 32],
      ["168.63.129.16", 32],
      ["fd00:ec2::", 32],
      ["fd20:ce::254", 128],
      ["fd00:c1::a9fe:a9fe", 128],
    ],
  ],
  [
    "a link-local address",
    [
      ["169.254.0.0", 16],
      ["fe80::", 10],
    ],
  ],
];
const REFUSED_LISTS = REFUSED.map(([why, ranges]) => [why, toBlockList(ranges)] as const);
const METADATA_NAMES = [
  "metadata.google.internal",
  "metadata.goog",
  "metadata.azure.internal",
  "instance-data.ec2.internal",
];

let allowed: { names: string[]; list: BlockList } | undefined;

/**
 * Why the portal sends nothing to `host`, a name or an address as a URL has it; undefined when it may. Loopback and
 * private addresses are where storage usually is. What LATCHKEY_ALLOWED_ADDRESSES names may always be reached.
 * A name is judged by itself here: where it leads, only the connection knows. An IPv6 address that stands for an IPv4
 * one is judged as that one too.
 */
export function findAddressProblem(host: string): string | undefined {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  // A zone, as in fe80::1%eth0, is no part of the address.
  const [address = ""] = name.split("%");
  const { names, list } = (allowed ??= parseAllowed(env.LATCHKEY_ALLOWED_ADDRESSES));
  const version = isIP(address);
  if (version === 0)
    return METADATA_NAMES.includes(name) && !names.includes(name) ? "a cloud's metadata service" : undefined;
  const isIn = (of: BlockList) => of.check(address, version === 4 ? "ipv4" : "ipv6");
  if (isIn(list)) return undefined;
  const problem = REFUSED_LISTS.find(([, refused]) => isIn(refused))?.[0];
  if (problem || version === 4) return problem;
  return readEmbeddedAddresses(address)
    .map(findAddressProblem)
    .find((found) => found !== undefined);
}

/** Whether `host` may be reached whatever it leads to: the operator named it. */
export function isAllowedName(host: string): boolean {
  return (allowed ??= parseAllowed(env.LATCHKEY_ALLOWED_ADDRESSES)).names.includes(
    host.toLowerCase().replace(/\.$/, ""),
  );
}

function parseAllowed(text: string): { names: string[]; list: BlockList } {
  const parts = splitList(text.toLowerCase());
  const isName = (part: string) => isIP(part.split("/")[0] ?? "") === 0;
  const ranges = parts
    .filter((part) => !isName(part))
    .map((part): Range => {
      const [address = "", bits] = part.split("/");
      return [address, Number(bits ?? (isIP(address) === 4 ? 32 : 128))];
    });
  return { names: parts.filter(isName), list: toBlockList(ranges) };
}

function toBlockList(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIP(address) === 4 ? "ipv4" : "ipv6");
  return list;
}
