import { IncomingMessage } from "node:http";
import { bodyMaxOf } from "@/lib/api/body-bounds";
import { isApiUrl } from "@/lib/api/paths";
import type { Refusal } from "@/lib/web-server/refuse";

/**
 * The most bytes of a body. The first entry counts whose path begins the request's path. A body is in memory until the
 * request is answered, so each bound is a few times the largest body that people send there.
 */
const BOUNDS = [
  // The access keys that were found in a text: at most 10,000 of them.
  { path: "/support/bulk-revoke", bytes: 512 * 1024 },
  // An e-mail address, a password of 1,000 characters and a token, each percent-encoded.
  { path: "/api/auth/", bytes: 16 * 1024 },
  // Actions send a few fields.
  { path: "/", bytes: 64 * 1024 },
];

/** The most bytes that the body of a request with this URL may have. */
export function boundOf(url: string): number {
  const path = url.split("?", 1)[0] ?? "";
  return isApiUrl(path) ? bodyMaxOf(path) : (BOUNDS.find((bound) => path.startsWith(bound.path))?.bytes ?? 0);
}

/** The refusal of a body that is too long. */
export function tooLong(bytesMax: number): Refusal {
  return { status: 413, sentence: `The body is longer than ${bytesMax} bytes. Nothing was changed.` };
}

/**
 * Reads a whole body into memory. Returns a refusal as soon as the body has more than `bytesMax` bytes, or when nothing
 * of it comes for `silentMs`. Returns undefined when the client has gone.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  silentMs: number,
): Promise<Buffer | Refusal | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return Promise.resolve(tooLong(bytesMax));
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const settle = (outcome: Buffer | Refusal | undefined) => {
      clearTimeout(timer);
      request.off("data", keep).off("end", finish).off("close", leave).off("error", leave);
      parts.length = 0;
      resolve(outcome);
    };
    const keep = (part: Buffer) => {
      timer.refresh();
      size += part.length;
      if (size > bytesMax) return settle(tooLong(bytesMax));
      parts.push(part);
    };
    const finish = () => settle(Buffer.concat(parts));
    const leave = () => settle(undefined);
    const timer = setTimeout(() => settle({ status: 408, sentence: "The body did not come in time." }), silentMs);
    request.on("data", keep).once("end", finish).once("close", leave).once("error", leave);
  });
}

/** The same request with a body that was read already. A stream cannot be read twice. */
export function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  Object.assign(copy, { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor });
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
