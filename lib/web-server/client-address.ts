import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import proxyaddr from "proxy-addr";
import { splitList } from "@/lib/platform/text/split-list";

/** Tells whether an address belongs to one of the operator's proxies. */
export type IsTrusted = (address: string) => boolean;

/** Parses the setting LATCHKEY_TRUSTED_PROXIES, which is validated already. */
export function parseTrustedProxies(text: string): IsTrusted {
  const isInList = proxyaddr.compile(splitList(text));
  // proxy-addr also reads short forms such as 10.1, which no proxy writes.
  return (address) => isIP(address) !== 0 && isInList(address, 0);
}

/**
 * The client's address: the rightmost address of the chain (X-Forwarded-For, then the peer) that is not a trusted
 * proxy. A client can write anything further left. An entry that is not an address ends the chain, and the address of
 * the proxy that passed it on is returned.
 */
export function findClientAddress(request: IncomingMessage, isTrusted: IsTrusted): string {
  const chain = proxyaddr.all(request, (entry) => isTrusted(readAddress(entry))).map(readAddress);
  return chain.findLast((address) => isIP(address) !== 0) ?? "";
}

/** An entry's address in lower case, without port and brackets. An IPv4-mapped IPv6 address becomes IPv4. */
function readAddress(entry: string | undefined): string {
  const text = entry?.trim() ?? "";
  const address = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(address) === 6 ? ipaddr.process(address).toString() : address;
}
