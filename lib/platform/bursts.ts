/** While so many requests to one server are unanswered, the next ones are held back. */
export const MANY = 3;
/** How long they are gathered. Milliseconds. */
export const GATHER_MS = 10;

interface Server {
  unanswered: number;
  /** Lets each go that is held back. */
  held: (() => void)[];
}

/** By name; only those that are asked now. */
const servers = new Map<string, Server>();

/**
 * Sends a request to a server; while many are unanswered there, together with those of the next moments. To be woken
 * costs both sides more than to do what is asked: what comes in bursts is answered with a good deal less work (decision
 * 018).
 */
export async function sendInBurst<T>(name: string, send: () => Promise<T>): Promise<T> {
  const server = servers.get(name) ?? { unanswered: 0, held: [] };
  servers.set(name, server);
  if (server.held.length > 0 || server.unanswered >= MANY) {
    if (server.held.length === 0) setTimeout(() => depart(server), GATHER_MS);
    await new Promise<void>((resolve) => server.held.push(resolve));
  } else {
    server.unanswered += 1;
  }
  try {
    return await send();
  } finally {
    server.unanswered -= 1;
    if (server.unanswered === 0 && server.held.length === 0) servers.delete(name);
  }
}

function depart(server: Server): void {
  const leaving = server.held.splice(0);
  server.unanswered += leaving.length;
  for (const leave of leaving) leave();
}
