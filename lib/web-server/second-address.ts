import type { Server } from "node:http";
import { createServer, type Server as Listener } from "node:net";

/** What a system answers that has no such address, or no IPv6 at all. */
const NO_ADDRESS = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];

/**
 * Takes connections for `server` at a second address too, at the port of the first. Undefined where the machine does not
 * have the address. Throws an error that names the port when another program has it.
 */
export function listenToo(server: Server, host: string, port: number): Promise<Listener | undefined> {
  // The options that Node's own server of requests has.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit("connection", socket));
  listener.maxConnections = server.maxConnections;
  return new Promise((resolve, reject) => {
    listener.once("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      if (NO_ADDRESS.includes(code)) return resolve(undefined);
      reject(code === "EADDRINUSE" ? new Error(describeTakenPort(port, host)) : error);
    });
    listener.listen({ host, port, ipv6Only: true }, () => resolve(listener));
  });
}

/** The sentence for a port that another program has. */
export function describeTakenPort(port: number, host: string): string {
  return `port ${port} on ${host} is taken by another program: set PORT to another port`;
}
