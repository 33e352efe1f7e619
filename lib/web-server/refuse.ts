import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { composeIdentityError } from "@/lib/api/openstack/identity-error";
import { isApiUrl, isIdentityUrl } from "@/lib/api/paths";
import { codeOfStatus, composeProblem, PROBLEM_TYPE } from "@/lib/api/problems";
import { REQUEST_ID_HEADER } from "@/lib/platform/net/request-id-header";
import { logRefusal, logUnparsed } from "@/lib/web-server/log-refusal";

/** Why the web server does not pass a request on: a status, and a sentence for whoever sent the request. */
export interface Refusal {
  status: 400 | 403 | 404 | 405 | 408 | 413 | 429;
  sentence: string;
  /** Further headers of the answer. */
  headers?: Record<string, string>;
}

/** How long a client may go on sending a body that was refused. Its bytes are thrown away. */
const LINGER_MS = 1_000;

/** When a client that sent too many requests at once may try again. */
const RETRY_SECONDS = 1;

/**
 * Answers and logs a refusal. The answer names the id of the request. A connection whose request has a body that was not
 * read is closed: the rest of the body would otherwise be taken for the next request.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  logRefusal(request, refusal);
  const { status, headers } = refusal;
  const { type, body } = composeBody(request.url ?? "", refusal);
  const isRead = request.complete || !hasBody(request);
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-request-id": String(request.headers[REQUEST_ID_HEADER]),
    ...headers,
    ...(status === 429 ? { "retry-after": `${RETRY_SECONDS}` } : {}),
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

/** A sentence for people, a problem for programs that call the API, and an error of Keystone for OpenStack's clients. */
function composeBody(url: string, { status, sentence }: Refusal): { type: string; body: string } {
  if (isIdentityUrl(url))
    return { type: "application/json", body: JSON.stringify(composeIdentityError(status, sentence)) };
  if (!isApiUrl(url)) return { type: "text/plain; charset=utf-8", body: `${sentence}\n` };
  const retry = status === 429 ? { retryAfterSeconds: RETRY_SECONDS } : {};
  return { type: PROBLEM_TYPE, body: JSON.stringify(composeProblem(codeOfStatus(status), sentence, retry)) };
}

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Node's codes of requests that it could not read, with the status of the answer. All others are 400. */
const UNPARSED: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers and logs 400, 408 or 431 on a connection whose bytes are no request, and closes the connection. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex, headers: Map<string, string>): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const status = UNPARSED[error.code ?? ""] ?? 400;
  logUnparsed(socket instanceof Socket ? (socket.remoteAddress ?? "") : "", status, error.code);
  const body = "This request cannot be read.\n";
  const lines = [...headers, ["content-type", "text/plain; charset=utf-8"], ["content-length", `${body.length}`]];
  const head = lines.map((line) => `${line.join(": ")}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}connection: close\r\n\r\n${body}`, () =>
    socket.destroy(),
  );
}
