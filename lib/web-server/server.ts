import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { findCanonicalUrl } from "@/lib/web-server/canonical-host";
import { parseTrustedProxies } from "@/lib/web-server/client-address";
import { sanitiseHeaders } from "@/lib/web-server/sanitise-headers";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const HEADER_BYTES_MAX = 16_384;
const HEADERS_MAX = 100;
const HEADERS_WITHIN_MS = 15_000;
const REQUEST_WITHIN_MS = 60_000;
/** Longer than the minute for which proxies usually keep their connections, so that they close them and not we. */
const KEEP_ALIVE_MS = 65_000;
const STOP_WITHIN_MS = 8_000;
const REFUSAL_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** The portal's HTTP server, not yet listening: `handle` sees only requests whose headers are true. */
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

/** Answers a path with escapes that stand for nothing by itself: Next makes an error of it, with a stack in the log. */
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

/** Listens, or throws an error that names a taken port and the setting for it. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const taken = "code" in error && error.code === "EADDRINUSE";
      reject(taken ? new Error(`port ${port} on ${host} is taken by another program: set PORT to another one`) : error);
    });
    server.listen(port, host, resolve);
  });
}

/** Takes no new connection, lets requests in flight finish for a while, then cuts the rest. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS);
  await closed;
  clearTimeout(cut);
}
