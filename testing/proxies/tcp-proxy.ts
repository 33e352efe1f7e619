import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/**
 * What befalls a connection, as networks do it.
 * - `delay`: everything takes so much longer, both ways
 * - `drop`: nothing gets through; both sides wait
 * - `truncate`: the reply ends after so many bytes
 * - `reset-before`: reset when the request comes, which reaches nobody
 * - `reset-after`: reset when the reply comes: the server has done it
 * - `strand`: the client is reset, and its request reaches the server so much later
 * - `garbage`, `error`: another reply in place of the server's, which has done it
 * - `refuse`: reset at once
 */
export type TcpFault =
  | { what: "delay" | "strand"; ms: number }
  | { what: "truncate"; bytes: number }
  | { what: "drop" | "reset-before" | "reset-after" | "garbage" | "error" | "refuse" };

/** A request that would change something, as it came from the client. */
export interface SeenWrite {
  at: number;
  method: string;
  path: string;
  /** The access key id of the pair that it makes; undefined for other writes. */
  accessKeyId: string | undefined;
}

/** Finds in a write the access key id of the pair that it makes. The body holds secrets: nothing else of it is kept. */
export type ReadKeyPut = (method: string, path: string, body: string) => string | undefined;

export interface TcpProxy {
  url: string;
  /** The proxy has this fault, in place of any before, until the returned function is called. */
  befall: (fault: TcpFault) => () => void;
  /** Every write that came to the proxy, oldest first. */
  writes: readonly SeenWrite[];
  close: () => Promise<void>;
}

interface State {
  fault: TcpFault | undefined;
  writes: SeenWrite[];
  readKeyPut: ReadKeyPut;
  open: Set<Socket>;
}

const GARBAGE =
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{ half an ans";
const ERROR = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/** A proxy on loopback in front of an HTTP server. It knows bytes only: what is signed for its address stays so. */
export async function startTcpProxy(target: string, readKeyPut: ReadKeyPut = () => undefined): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const state: State = { fault: undefined, writes: [], readKeyPut, open: new Set() };
  const server = createServer((client) => join(client, connect(Number(port), hostname), state));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    befall(fault) {
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
  // Each way in its order, however long a part of it takes.
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
    // What broke shows as the end of the other side.
    socket.on("error", () => socket.destroy());
  }
  if (state.fault?.what === "refuse") return reset();

  client.on("data", (part: Buffer) => {
    noteWrite(part, state);
    const { fault } = state;
    if (fault?.what === "drop") return;
    if (fault?.what === "refuse" || fault?.what === "reset-before") return reset();
    const wait = fault?.what === "delay" || fault?.what === "strand" ? fault.ms : 0;
    up = up.then(async () => {
      if (wait > 0) await pause(wait);
      if (!upstream.destroyed) upstream.write(part);
    });
    if (fault?.what === "strand") client.resetAndDestroy();
  });
  upstream.on("data", (part: Buffer) => {
    const { fault } = state;
    const wait = fault?.what === "delay" ? fault.ms : 0;
    down = down.then(async () => {
      if (wait > 0) await pause(wait);
      if (!client.destroyed) reply(client, part, fault, endBoth);
    });
  });
  // What a client has sent still arrives when the client is gone.
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

/** A client that has all of a request at hand sends its head and its body in one piece. */
function noteWrite(part: Buffer, state: State): void {
  const text = part.toString("latin1");
  const [, method, path] = /^(PUT|POST|PATCH|DELETE) (\S+) HTTP\/1\.1\r\n/.exec(text) ?? [];
  if (!method || !path) return;
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  state.writes.push({ at: Date.now(), method, path, accessKeyId: state.readKeyPut(method, path, body) });
}
