import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { networkOf } from "@/lib/platform/net/client-network";

const HEADER_BYTES = 32 * 1024;
const TIMEOUTS = { headersMs: 15_000, idleMs: 60_000, keepAliveMs: 65_000, checkEveryMs: 5000 };
const MAX_CONNECTIONS = 2000;

/**
 * The connections of one client network (see `networkOf`). The bound is a quarter of all, so that one client leaves room
 * for others. It is generous, because a proxy, or the portal on loopback, connects for many people: an SDK opens 50
 * connections at most by default.
 */
export const MAX_CONNECTIONS_PER_NETWORK = 500;

/**
 * The headers of every answer. Documents of this server are never pages: no browser may guess a type, run a script of
 * one, or tell another site the address, which may be a presigned URL.
 */
const SAFE_HEADERS = new Map([
  ["content-security-policy", "default-src 'none'; sandbox"],
  ["referrer-policy", "no-referrer"],
  ["x-content-type-options", "nosniff"],
]);

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, waits: boolean) => Promise<void>;

/**
 * An HTTP server that limits the size of headers, the time of clients and their connections. `handle` must not reject.
 */
export function createListener(handle: RequestHandler, timeouts = TIMEOUTS): Server {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: timeouts.headersMs,
    // Bodies may be large: `readAtPace` limits their time by their size.
    requestTimeout: 0,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.checkEveryMs,
  });
  server.timeout = timeouts.idleMs;
  server.maxConnections = MAX_CONNECTIONS;
  limitConnections(server);
  const answer = (request: IncomingMessage, response: ServerResponse, waits: boolean) => {
    response.setHeaders(SAFE_HEADERS);
    void handle(request, response, waits);
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => answer(request, response, false));
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => answer(request, response, true));
  return server;
}

/** Closes a connection at once when its client network holds the most that it may. */
function limitConnections(server: Server): void {
  const open = new Map<string, number>();
  const told = new Set<string>();
  server.on("connection", (socket: Socket) => {
    const network = networkOf(socket.remoteAddress ?? "");
    const count = open.get(network) ?? 0;
    if (count >= MAX_CONNECTIONS_PER_NETWORK) {
      if (!told.has(network)) logger.warn({ network, connections: count }, "a client holds too many connections");
      told.add(network);
      socket.destroy();
      return;
    }
    open.set(network, count + 1);
    socket.once("close", () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) return void open.set(network, left);
      open.delete(network);
      told.delete(network);
    });
  });
}

/** Listens and returns the port. Throws an AppError that names the port when it is taken. */
export async function listen(server: Server, port: number, host: string, purpose: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is taken" : `cannot be used (${error.code ?? error.message})`;
      reject(new AppError("CONFLICT", `port ${port} on ${host}, for ${purpose}, ${why}`, { cause: error }));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening, waits up to `graceMs` for running requests, then closes the remaining connections. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
