import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Whether only this machine can reach a host: an address, a name, or either as a URL writes it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || rangeOf(host) === "loopback";
}

/** Whether a server that listens on this address listens on all addresses of the machine. */
export function isWildcard(host: string): boolean {
  return rangeOf(host) === "unspecified";
}

/** The URL at which this machine itself reaches a server that listens on `host`. */
export function toLocalUrl(host: string, port: number): string {
  const reachable = isWildcard(host) ? "127.0.0.1" : host;
  return `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
}

/** The other address that the name localhost stands for; undefined for a host that is neither of the two. */
export function findLocalhostTwin(host: string): string | undefined {
  if (isIP(host) === 0) return undefined;
  const address = ipaddr.process(host).toString();
  return { "127.0.0.1": "::1", "::1": "127.0.0.1" }[address];
}

/** The kind of range that an address lies in; undefined for a name. */
function rangeOf(host: string): string | undefined {
  const address = host.replace(/^\[|\]$/g, "");
  return isIP(address) === 0 ? undefined : ipaddr.process(address).range();
}
