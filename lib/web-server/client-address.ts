import { BlockList, isIP } from "node:net";
import { splitList } from "@/lib/platform/config/settings";

/** Says of an address whether it is one of the operator's proxies. */
export type IsTrusted = (address: string) => boolean;

/** From the setting LATCHKEY_TRUSTED_PROXIES, whose form is checked already. */
export function parseTrustedProxies(text: string): IsTrusted {
  const list = new BlockList();
  for (const part of splitList(text)) {
    const [address = "", bits] = part.split("/");
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * Where a request comes from: the rightmost address that no trusted proxy vouches for. What stands further left
 * in X-Forwarded-For is the client's own writing. An entry that is no address ends the chain: the proxy that
 * passed it on is then all that is known.
 */
export function findClientAddress(peer: string, forwardedFor: string | undefined, isTrusted: IsTrusted): string {
  let address = normaliseAddress(peer);
  for (const entry of splitList(forwardedFor ?? "").reverse()) {
    if (!isTrusted(address)) return address;
    const next = normaliseAddress(withoutPort(entry));
    if (isIP(next) === 0) return address;
    address = next;
  }
  return address;
}

/** IPv4 addresses that came in over an IPv6 socket, in their plain form. */
export function normaliseAddress(address: string): string {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return plain ?? address.toLowerCase();
}

function withoutPort(entry: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
