import dns from "node:dns";
import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { findAddressProblem, isAllowedName } from "@/lib/platform/net/addresses";
import { OutboundError, toOutboundError } from "@/lib/platform/net/outbound-error";

export interface OutboundRequest {
  method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  /** The longest answer that is read. Bytes. */
  maxBytes: number;
  /** What a longer one means: `fail` throws, `cut` gives its beginning. */
  beyond?: "fail" | "cut";
}

export interface OutboundAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/**
 * The longest time to make a connection (a firewall may drop packets without an answer). Shorter than the deadlines of
 * the callers, so that they learn that nothing was sent.
 */
const CONNECT_WITHIN_MS = 5_000;
/**
 * Servers and load balancers close idle connections after 5 s or more; ours are closed earlier, while none is in use.
 */
const IDLE_MS = 4_000;

const KEPT = { keepAlive: true, timeout: IDLE_MS };
const agents = { "http:": new HttpAgent(KEPT), "https:": new HttpsAgent(KEPT) };

/**
 * The one way to other servers. Sends a request and reads the whole answer, whatever its status; a redirect is an
 * answer and is not followed. No connection is made to an address that `findAddressProblem` refuses, also when a
 * name leads there. Throws an OutboundError, which knows whether anything was sent.
 */
export async function sendOutbound(url: URL, request: OutboundRequest): Promise<OutboundAnswer> {
  const problem = findAddressProblem(url.hostname);
  if (problem) throw new OutboundError("address", `${url.hostname} is ${problem}`, false);
  return sendAgainOnLoss(url, request);
}

async function sendAgainOnLoss(url: URL, request: OutboundRequest): Promise<OutboundAnswer> {
  const attempt = { reused: false };
  try {
    return await sendOnce(url, request, attempt);
  } catch (error) {
    // Closed by the other side while it was idle. Asking again changes nothing; a write is not known to be lost.
    const isLostRead =
      request.method === "GET" && attempt.reused && error instanceof OutboundError && error.kind === "broken";
    if (!isLostRead || request.signal.aborted) throw error;
    return sendOnce(url, request, attempt, { agent: false });
  }
}

function sendOnce(
  url: URL,
  request: OutboundRequest,
  attempt: { reused: boolean },
  options: { agent?: false } = {},
): Promise<OutboundAnswer> {
  const { method, headers = {}, body, signal } = request;
  const isHttps = url.protocol === "https:";
  const agent = agents[isHttps ? "https:" : "http:"];
  return new Promise((resolve, reject) => {
    let sent = false;
    const fail = (error: unknown) => reject(toOutboundError(error, url, sent));
    const sending = (isHttps ? requestHttps : requestHttp)(url, {
      agent,
      method,
      headers,
      signal,
      lookup: lookupAllowed,
      ...options,
    });
    sending.once("socket", (socket) => {
      attempt.reused = sending.reusedSocket;
      sent = sending.reusedSocket;
      if (!sent) watchConnecting(sending, socket, isHttps ? "secureConnect" : "connect", () => (sent = true));
    });
    sending.once("error", fail);
    sending.once("response", (response) => {
      readBounded(response, request).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        fail,
      );
    });
    sending.end(body);
  });
}

function watchConnecting(
  sending: ClientRequest,
  socket: Socket,
  event: "connect" | "secureConnect",
  onConnected: () => void,
): void {
  const timer = setTimeout(
    () => sending.destroy(Object.assign(new Error("no connection"), { code: "ETIMEDOUT" })),
    CONNECT_WITHIN_MS,
  );
  socket.once(event, () => {
    clearTimeout(timer);
    onConnected();
  });
  sending.once("close", () => clearTimeout(timer));
}

function readBounded(response: IncomingMessage, { maxBytes, beyond = "fail" }: OutboundRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const toText = () => Buffer.concat(parts).subarray(0, maxBytes).toString("utf8");
    response.on("data", (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes <= maxBytes) return;
      if (beyond === "cut") resolve(toText());
      else reject(new OutboundError("too-long", `the answer is longer than ${maxBytes} bytes`, true));
      response.destroy();
    });
    response.once("end", () => resolve(toText()));
    response.once("error", reject);
    response.once("close", () => reject(new Error("the answer broke off")));
  });
}

/** Looked up for each new connection: a name that was harmless when it was saved may lead elsewhere by now. */
const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, options, (error, found: string | dns.LookupAddress[], family) => {
    const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
    const refused =
      error || isAllowedName(hostname) ? undefined : addresses.find((address) => findAddressProblem(address));
    if (refused === undefined) return callback(error, found, family);
    const message = `${hostname} leads to ${refused}, which is ${findAddressProblem(refused)}`;
    callback(new OutboundError("address", message, false), found, family);
  });
};
