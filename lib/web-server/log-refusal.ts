import type { IncomingMessage } from "node:http";
import { boundLog } from "@/lib/platform/bounded-log";
import { logger } from "@/lib/platform/logger";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { networkOf } from "@/lib/platform/net/client-network";
import { describePath } from "@/lib/platform/net/described-path";
import { REQUEST_ID_HEADER } from "@/lib/platform/net/request-id-header";

const write = boundLog((facts, message) => logger.info(facts, message));

/**
 * Writes one line about a request that the web server refused, and no line for each when a client network sends many.
 * The line holds no query, no header and no body: they may hold secrets. The headers of the request are verified.
 */
export function logRefusal(
  { method, url = "", headers }: IncomingMessage,
  { status, sentence }: { status: number; sentence: string },
): void {
  const address = String(headers[CLIENT_ADDRESS_HEADER]);
  // A request for another server has a whole address, which may hold a password.
  const path = url.startsWith("/") ? describePath(url.split("?", 1)[0] ?? "") : undefined;
  const requestId = headers[REQUEST_ID_HEADER];
  write(networkOf(address), { requestId, method, path, status, reason: sentence, address }, "a request was refused");
}

/** The same for bytes that are no request. `code` is Node's. */
export function logUnparsed(address: string, status: number, code: string | undefined): void {
  write(networkOf(address), { status, reason: code, address }, "a request was refused");
}
