import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { findCanonicalUrl } from "@/lib/web-server/canonical-host";
import { parseTrustedProxies } from "@/lib/web-server/client-address";
import { sanitiseHeaders } from "@/lib/web-server/sanitise-headers";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const HEADER_BYTES_MAX = 16_384;
const HEADERS_MAX = 100;
const HEADERS_WITHIN_MS = 15_000;
const REQUEST_WITHIN_MS = 60_000;
/**
 * Proxies usually keep a connection for a minute. This time is longer, so that the proxy closes the connection first.
 */
const KEEP_ALIVE_MS = 65_000;
const STOP_WITHIN_MS = 8_000;
const REFUSAL_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** Creates the portal's HTTP server, which does not listen yet. `handle` gets requests with verified headers only. */
export function createWebServer(settings: { publicUrl: string; trustedProxies: string }, handle: Handler): Server {
  const publicUrl = new URL(settings.publicUrl);
  const isTrusted = parseTrustedProxies(settings.trustedProxies);
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      if (!request.url?.startsWith("/")) return void response.writeHead(400).end();
      const { host, accept } = request.headers;
      const canonical = findCanonicalUrl({ method: request.method, url: request.url, host, accept }, publicUrl);
      if (canonical) return void response.writeHead(307, { location: canonical, "cache-control": "no-store" }).end();
      sanitiseHeaders(request, publicUrl, isTrusted);
      return handle(request, response);
    },
  );
  server.maxHeadersCount = HEADERS_MAX;
  return server;
}

/** Answers 400 to a path with invalid escapes. Next would treat such a path as an error and log a stack. */
export function refuseUnreadablePaths(handle: Handler): Handler {
  return (request, response) => {
    try {
      decodeURIComponent(request.url?.split("?", 1)[0] ?? "");
    } catch {
      return void response.writeHead(400, REFUSAL_HEADERS).end("This address cannot be read.\n");
    }
    return handle(request, response);
  };
}

/** Starts listening. Throws when that fails; for a taken port, the message names the port and its setting. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const taken = "code" in error && error.code === "EADDRINUSE";
      reject(
        taken ? new Error(`port ${port} on ${host} is taken by another program: set PORT to another port`) : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

/** Accepts no new connection, lets in-flight requests finish for up to 8 s, then closes all connections. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS);
  await closed;
  clearTimeout(cut);
}
