import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong with a request that matches, and when: before it reaches the server, or after it was done there. */
export interface Fault {
  match: (method: string, path: string, headers: IncomingHttpHeaders) => boolean;
  when: "before" | "after";
  /**
   * `hold` keeps it until released; `drop` breaks the connection; `half` does so in the middle of the answer; the
   * others answer in the server's place.
   */
  what: "hold" | "drop" | "half" | "garbage" | "error" | "refuse";
  /** How many requests it hits; all of them when left out. */
  times?: number;
}

export interface Injection {
  /** Resolves when the first request has run into it. */
  reached: Promise<void>;
  /** Ends the fault; what it held goes on. */
  release: () => void;
}

export interface FaultProxy {
  url: string;
  inject: (fault: Fault) => Injection;
  close: () => Promise<void>;
}

interface Active {
  fault: Fault;
  left: number;
  released: Promise<void>;
  reach: () => void;
}

/** An HTTP proxy on loopback in front of `target`, in which faults come from outside of both sides. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const active = new Set<Active>();
  const server = createServer((request, response) => {
    handle(request, response, target, active).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inject(fault) {
      const released = createSignal();
      const reached = createSignal();
      const entry = { fault, left: fault.times ?? Infinity, released: released.promise, reach: reached.raise };
      active.add(entry);
      return {
        reached: reached.promise,
        release: () => {
          active.delete(entry);
          released.raise();
        },
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createSignal(): { promise: Promise<void>; raise: () => void } {
  let raise = () => {};
  const promise = new Promise<void>((resolve) => {
    raise = resolve;
  });
  return { promise, raise };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  active: Set<Active>,
): Promise<void> {
  const body = await readBody(request);
  const { method = "", url = "", headers } = request;
  const fault = [...active].find(({ fault, left }) => left > 0 && fault.match(method, url, headers));
  if (fault) fault.left -= 1;
  if (fault?.fault.when === "before" && (await applyFault(fault, response, "{}"))) return;
  const answer = await forward(request, body, target);
  if (fault?.fault.when === "after" && (await applyFault(fault, response, answer.body))) return;
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** Whether the fault has taken the answer over. */
async function applyFault(
  { fault, reach, released }: Active,
  response: ServerResponse,
  answer: string | Buffer,
): Promise<boolean> {
  reach();
  if (fault.what === "hold") {
    await released;
    return false;
  }
  if (fault.what === "drop") response.destroy();
  if (fault.what === "half") {
    response.writeHead(200, { "content-type": "application/json", "content-length": String(answer.length + 1) });
    response.write(answer.slice(0, answer.length / 2), () => response.destroy());
  }
  if (fault.what === "garbage") response.writeHead(200, { "content-type": "application/json" }).end("{ half an ans");
  if (fault.what === "error") response.writeHead(500, { "content-type": "application/json" }).end("{}");
  if (fault.what === "refuse") response.writeHead(403, { "content-type": "application/json" }).end("{}");
  return true;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function forward(
  request: IncomingMessage,
  body: Buffer,
  target: string,
): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const url = new URL(target);
    const outgoing = sendRequest(
      { host: url.hostname, port: url.port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        readBody(answer).then(
          (read) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: read }),
          reject,
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
