import type { IncomingMessage, ServerResponse } from "node:http";

/** Why the web server does not pass a request on: a status, and a sentence for whoever sent the request. */
export interface Refusal {
  status: 400 | 403 | 404 | 405 | 408 | 413 | 429;
  sentence: string;
}

/** How long a client may go on sending a body that was refused. Its bytes are thrown away. */
const LINGER_MS = 1_000;

/**
 * Answers a refusal. A connection whose request has a body that was not read is closed: the rest of the body would
 * otherwise be taken for the next request.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, { status, sentence }: Refusal): void {
  const body = `${sentence}\n`;
  const isRead = request.complete || !hasBody(request);
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(status === 429 ? { "retry-after": "1" } : {}),
    ...(isRead ? {} : { connection: "close" }),
  });
  if (request.method === "HEAD" || isRead) return void response.end(body);
  // Closing with unread bytes resets the connection, and the client may lose the answer. So the rest is read first.
  response.write(body);
  const end = () => response.end();
  const timer = setTimeout(end, LINGER_MS);
  request.once("end", end).once("close", () => clearTimeout(timer));
  request.resume();
}

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
