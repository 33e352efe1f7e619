import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Server as Listener } from "node:net";
import { composeBaseHeaders } from "@/lib/gate/headers";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import type { Judge } from "@/lib/web-server/admit-request";
import { findCanonicalUrl } from "@/lib/web-server/canonical-host";
import { parseTrustedProxies } from "@/lib/web-server/client-address";
import { CLIENT_LIMITS, type ClientLimits, limitConnections, NetworkCounter } from "@/lib/web-server/client-limits";
import { boundOf, readBody, withBody } from "@/lib/web-server/read-body";
import { hasBody, refuse, type Refusal, refuseUnparsed } from "@/lib/web-server/refuse";
import { sanitiseHeaders } from "@/lib/web-server/sanitise-headers";
import { describeTakenPort } from "@/lib/web-server/second-address";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface WebServerSettings {
  publicUrl: string;
  trustedProxies: string;
  limits?: ClientLimits;
  /** Refuses requests that their route cannot understand. */
  judge?: Judge;
}

const HEADER_BYTES_MAX = 16_384;
const HEADERS_MAX = 100;
const HEADERS_WITHIN_MS = 15_000;
/** The time for a whole request with its body. A body of 64 KiB takes half of it at 4 KiB a second. */
const REQUEST_WITHIN_MS = 30_000;
/** How often Node looks for requests that take too long. Its default of 30 s would double the times above. */
const CHECK_EVERY_MS = 5_000;
/**
 * Proxies usually keep a connection for a minute. This time is longer, so that the proxy closes the connection first.
 */
const KEEP_ALIVE_MS = 65_000;
const STOP_WITHIN_MS = 8_000;

/**
 * Creates the portal's HTTP server, which does not listen yet. `handle` gets requests with verified headers only, and
 * with bodies that are complete and within their bound.
 */
export function createWebServer(settings: WebServerSettings, handle: Handler): Server {
  const publicUrl = new URL(settings.publicUrl);
  const isTrusted = parseTrustedProxies(settings.trustedProxies);
  const limits = settings.limits ?? CLIENT_LIMITS;
  const inFlight = new NetworkCounter("requests in flight", limits.perNetwork);
  const { judge } = settings;
  const baseHeaders = new Map(Object.entries(composeBaseHeaders(publicUrl.protocol === "https:")));

  function passWithoutBody(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const refusal = judge?.byBody(request, NO_BODY);
    return refusal ? refuse(request, response, refusal) : handle(request, response);
  }

  /** Reads the body before `handle` gets the request. Neither Next nor next-auth bounds what it reads. */
  async function passWithBody(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, boundOf(request.url ?? ""), limits.bodySilentMs);
    // The client has gone.
    if (body === undefined) return;
    if (!Buffer.isBuffer(body)) return refuse(request, response, body);
    const refusal = judge?.byBody(request, body);
    return refusal ? refuse(request, response, refusal) : handle(withBody(request, body), response);
  }

  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // Node would refuse a request without a host by itself, without our headers.
      requireHostHeader: false,
    },
    (request, response) => {
      response.setHeaders(baseHeaders);
      sanitiseHeaders(request, publicUrl, isTrusted);
      const { host, accept } = request.headers;
      if (!request.url?.startsWith("/") || !host) return refuse(request, response, UNREADABLE);
      const canonical = findCanonicalUrl({ method: request.method, url: request.url, host, accept }, publicUrl);
      if (canonical) return void response.writeHead(307, { location: canonical, "cache-control": "no-store" }).end();
      const giveBack = inFlight.take(String(request.headers[CLIENT_ADDRESS_HEADER]));
      if (!giveBack) return refuse(request, response, TOO_MANY);
      response.once("close", giveBack);
      const refusal = judge?.byHead(request);
      if (refusal) return refuse(request, response, refusal);
      if (!hasBody(request)) return passWithoutBody(request, response);
      return passWithBody(request, response);
    },
  );
  server.maxHeadersCount = HEADERS_MAX;
  limitConnections(server, limits, isTrusted);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuseUnparsed(error, socket, baseHeaders));
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    response.setHeaders(baseHeaders);
    sanitiseHeaders(request, publicUrl, isTrusted);
    refuse(request, response, UNREADABLE);
  });
  return server;
}

const NO_BODY = Buffer.alloc(0);
const UNREADABLE: Refusal = { status: 400, sentence: "This address cannot be read." };
const TOO_MANY: Refusal = { status: 429, sentence: "Too many requests at once. Try again in a moment." };

/** Starts listening. Throws when that fails; for a taken port, the message names the port and its setting. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const taken = "code" in error && error.code === "EADDRINUSE";
      reject(taken ? new Error(describeTakenPort(port, host)) : error);
    });
    server.listen(port, host, resolve);
  });
}

/**
 * Accepts no new connection, lets in-flight requests finish for up to 8 s, then closes all connections. `second` is what
 * `listenToo` gave.
 */
export async function close(server: Server, second?: Listener): Promise<void> {
  const listeners: Listener[] = second ? [server, second] : [server];
  const closed = Promise.all(
    listeners.map((listener) => new Promise<void>((resolve) => listener.close(() => resolve()))),
  );
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS);
  await closed;
  clearTimeout(cut);
}
