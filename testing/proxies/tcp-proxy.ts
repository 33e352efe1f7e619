import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/**
 * A fault of a connection.
 * - `delay`: everything takes `ms` longer, in both directions
 * - `drop`: nothing arrives, and both sides wait
 * - `truncate`: the reply ends after `bytes` bytes
 * - `reset-before`: the connection is reset when the request comes; the server does not get it
 * - `reset-after`: the connection is reset when the reply comes; the server has done what was asked
 * - `late-request`: the client is reset, and its request still reaches the server `ms` later
 * - `garbage`, `error`: the client gets another reply than the server's; the server has done what was asked
 * - `refuse`: the connection is reset as soon as it is open
 */
export type TcpFault =
  | { what: "delay" | "late-request"; ms: number }
  | { what: "truncate"; bytes: number }
  | { what: "drop" | "reset-before" | "reset-after" | "garbage" | "error" | "refuse" };

/** A request that changes something, as the client sent it. */
export interface SeenWrite {
  at: number;
  method: string;
  path: string;
  /** The id of the access key that the request creates. Undefined for other writes. */
  accessKeyId: string | undefined;
}

/** Returns the id of the access key that a write creates. The body holds secrets: the proxy keeps nothing else of it. */
export type ReadCreatedKey = (method: string, path: string, body: string) => string | undefined;

export interface TcpProxy {
  url: string;
  /** Sets the fault of all connections, in place of an earlier one. The returned function clears it. */
  setFault: (fault: TcpFault) => () => void;
  /** Every write that a client sent, oldest first. */
  writes: readonly SeenWrite[];
  close: () => Promise<void>;
}

interface State {
  fault: TcpFault | undefined;
  writes: SeenWrite[];
  readCreatedKey: ReadCreatedKey;
  open: Set<Socket>;
}

const GARBAGE =
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{ half an ans";
const ERROR = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/** Starts a proxy on loopback in front of an HTTP server. It passes bytes on unchanged, so signatures stay valid. */
export async function startTcpProxy(
  target: string,
  readCreatedKey: ReadCreatedKey = () => undefined,
): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const state: State = { fault: undefined, writes: [], readCreatedKey, open: new Set() };
  const server = createServer((client) => join(client, connect(Number(port), hostname), state));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setFault(fault) {
      state.fault = fault;
      return () => {
        if (state.fault === fault) state.fault = undefined;
      };
    },
    writes: state.writes,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of state.open) socket.destroy();
      await closed;
    },
  };
}

function join(client: Socket, upstream: Socket, state: State): void {
  // Each direction keeps its order, however long a part is delayed.
  let up = Promise.resolve();
  let down = Promise.resolve();
  const endBoth = () => {
    client.destroy();
    upstream.destroy();
  };
  const reset = () => {
    client.resetAndDestroy();
    upstream.destroy();
  };
  for (const socket of [client, upstream]) {
    state.open.add(socket);
    socket.on("close", () => state.open.delete(socket));
    // The other side sees a broken connection as its end.
    socket.on("error", () => socket.destroy());
  }
  if (state.fault?.what === "refuse") return reset();

  client.on("data", (part: Buffer) => {
    noteWrite(part, state);
    const { fault } = state;
    if (fault?.what === "drop") return;
    if (fault?.what === "refuse" || fault?.what === "reset-before") return reset();
    const wait = fault?.what === "delay" || fault?.what === "late-request" ? fault.ms : 0;
    up = up.then(async () => {
      if (wait > 0) await pause(wait);
      if (!upstream.destroyed) upstream.write(part);
    });
    if (fault?.what === "late-request") client.resetAndDestroy();
  });
  upstream.on("data", (part: Buffer) => {
    const { fault } = state;
    const wait = fault?.what === "delay" ? fault.ms : 0;
    down = down.then(async () => {
      if (wait > 0) await pause(wait);
      if (!client.destroyed) reply(client, part, fault, endBoth);
    });
  });
  // Everything that a client has sent still arrives after the client has gone.
  client.on("close", () => void up.then(() => upstream.end()));
  upstream.on("close", () => void down.then(() => client.end()));
}

function reply(client: Socket, part: Buffer, fault: TcpFault | undefined, endBoth: () => void): void {
  switch (fault?.what) {
    case "drop":
      return;
    case "truncate":
      client.write(part.subarray(0, fault.bytes), endBoth);
      return;
    case "garbage":
    case "error":
      client.write(fault.what === "error" ? ERROR : GARBAGE, endBoth);
      return;
    case "reset-after":
    case "refuse":
      client.resetAndDestroy();
      return;
    default:
      client.write(part);
  }
}

/** Relies on clients that send the head and the body of a write in one piece. */
function noteWrite(part: Buffer, state: State): void {
  const text = part.toString("latin1");
  const [, method, path] = /^(PUT|POST|PATCH|DELETE) (\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
  if (!method || !path) return;
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  state.writes.push({ at: Date.now(), method, path, accessKeyId: state.readCreatedKey(method, path, body) });
}
