import { setTimeout as pause } from "node:timers/promises";

/** While so many requests to one server are unanswered, the next ones are held back. */
export const MANY = 3;
/** How long they are gathered. Milliseconds. */
const GATHER_MS = 10;

interface Server {
  unanswered: number;
  /** When those leave that are held back. */
  departure: Promise<void> | undefined;
}

/** By name; there are as many as regions have addresses. */
const servers = new Map<string, Server>();

/**
 * Sends a request to a server; while many are unanswered there, together with those of the next moments. To be woken
 * costs both sides more than to do what is asked: what comes in bursts is answered with a good deal less work (decision
 * 018). Whoever is alone waits for nothing.
 */
export async function sendInBurst<T>(name: string, send: () => Promise<T>): Promise<T> {
  const server = servers.get(name) ?? { unanswered: 0, departure: undefined };
  servers.set(name, server);
  if (server.departure || server.unanswered >= MANY) {
    server.departure ??= pause(GATHER_MS).then(() => {
      server.departure = undefined;
    });
    await server.departure;
  }
  server.unanswered += 1;
  try {
    return await send();
  } finally {
    server.unanswered -= 1;
  }
}
