import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import getPort from "get-port";

/** Below the range from which systems take the ports of outgoing connections. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const TRIES = 50;

/**
 * A port of `host` on which nobody listens now. It is drawn at random, so that two processes that look for one at the
 * same time rarely get the same.
 */
export function findFreePort(host: string): Promise<number> {
  return getPort({ host, port: Array.from({ length: TRIES }, () => randomInt(FIRST_PORT, LAST_PORT)) });
}

/** Whether a server could listen there now. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  return (await findListenError(port, host)) === undefined;
}

/**
 * The code of the error (such as EADDRINUSE) with which a server would fail to listen there now; undefined for none.
 */
export function findListenError(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
