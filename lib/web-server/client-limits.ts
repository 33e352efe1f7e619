import type { Server } from "node:http";
import type { Socket } from "node:net";
import { logger } from "@/lib/platform/logger";
import { networkOf } from "@/lib/platform/net/client-network";
import type { IsTrusted } from "@/lib/web-server/client-address";

/** How much one client may hold. Tests give smaller times. */
export interface ClientLimits {
  /** All connections of the server. With bodies of 64 KiB each, they hold 125 MiB. */
  connections: number;
  /**
   * The connections of one client network (see `networkOf`), and its requests in flight. A browser opens six
   * connections, so fifty people behind one address have room. No network takes more than a seventh of all connections.
   */
  perNetwork: number;
  /** How long a body may be silent. A mobile network that changes cells comes back within a few seconds. */
  bodySilentMs: number;
}

export const CLIENT_LIMITS: ClientLimits = { connections: 2_000, perNetwork: 300, bodySilentMs: 15_000 };

/** Counts what each client network holds, up to a bound. */
export class NetworkCounter {
  private readonly held = new Map<string, number>();
  private readonly told = new Set<string>();

  private readonly what: string;
  private readonly bound: number;

  constructor(what: string, bound: number) {
    this.what = what;
    this.bound = bound;
  }

  /** Takes one for the network of an address. Returns how to give it back; undefined when the network has the most. */
  take(address: string): (() => void) | undefined {
    const network = networkOf(address);
    const count = this.held.get(network) ?? 0;
    if (count >= this.bound) {
      if (!this.told.has(network)) logger.warn({ network, count }, `a client network has too many ${this.what}`);
      this.told.add(network);
      return undefined;
    }
    this.held.set(network, count + 1);
    return () => this.giveBack(network);
  }

  private giveBack(network: string): void {
    const left = (this.held.get(network) ?? 1) - 1;
    if (left > 0) return void this.held.set(network, left);
    this.held.delete(network);
    this.told.delete(network);
  }
}

/**
 * Closes a connection at once when its client network holds the most that it may. A trusted proxy connects for many
 * networks, so its connections are not counted: the requests in flight of each network are.
 */
export function limitConnections(server: Server, limits: ClientLimits, isTrusted: IsTrusted): void {
  server.maxConnections = limits.connections;
  const connections = new NetworkCounter("connections", limits.perNetwork);
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    if (isTrusted(address)) return;
    const giveBack = connections.take(address);
    if (!giveBack) return void socket.destroy();
    socket.once("close", giveBack);
  });
}
