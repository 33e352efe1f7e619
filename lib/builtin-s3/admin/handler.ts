import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ZodError } from "zod";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import type { RequestHandler } from "../http/listener";
import { readAtPace } from "../http/pace";
import type { LostRegion, Region } from "../region";
import { decodePercent, parseTarget } from "../signature/target";
import { AdminError } from "./admin-error";
import { type AdminReply, answerAdmin } from "./routes";

const BODY_BYTES = 16 * 1024;

/** The admin API over HTTP: bearer token, JSON, `{ error: { code, message } }`. */
export function createAdminHandler(regions: ReadonlyMap<string, Region | LostRegion>, token: Secret): RequestHandler {
  const expected = digest(`Bearer ${token.reveal()}`);
  return async (request, response, waits) => {
    let reply: AdminReply;
    try {
      if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) {
        throw new AdminError(401, "Unauthorized", "A valid bearer token is required.");
      }
      if (waits) response.writeContinue();
      reply = await answer(regions, request);
    } catch (reason) {
      const error = toAdminError(reason, request);
      if (!request.complete) response.setHeader("connection", "close");
      reply = { status: error.status, body: { error: { code: error.code, message: error.message } } };
    }
    send(response, reply);
  };
}

/** Compares hashes, so that the time does not depend on the lengths. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

async function answer(
  regions: ReadonlyMap<string, Region | LostRegion>,
  request: IncomingMessage,
): Promise<AdminReply> {
  const raw = request.url ?? "";
  const target = parseTarget(raw);
  // Segments are decoded one by one, so that an encoded slash stays within its segment.
  const segments = raw
    .split("?", 1)[0]
    ?.split("/")
    .slice(1)
    .map((segment) => decodePercent(segment, false));
  if (!target || !segments || segments[0] !== "v1") throw new AdminError(404, "NotFound", "There is no such resource.");
  const path = segments.slice(1).map((segment) => segment ?? "");
  const body = await readJson(request);
  return answerAdmin(regions, { method: request.method ?? "", path, query: Object.fromEntries(target.query), body });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of readAtPace(request, BODY_BYTES)) {
    bytes += piece.length;
    if (bytes > BODY_BYTES) throw new AdminError(413, "BodyTooLarge", `The body is larger than ${BODY_BYTES} bytes.`);
    pieces.push(piece);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8")) as unknown;
  } catch {
    throw new AdminError(400, "InvalidInput", "The body is not JSON.");
  }
}

function toAdminError(reason: unknown, request: IncomingMessage): AdminError {
  if (reason instanceof AdminError) return reason;
  if (reason instanceof ZodError) {
    // Names of fields only: the values may be secrets.
    const fields = reason.issues.map(({ path, code }) => `${path.join(".") || "value"} (${code})`);
    return new AdminError(400, "InvalidInput", `Not valid: ${fields.join(", ")}.`);
  }
  logger.error({ err: reason, method: request.method }, "admin request failed");
  if (reason instanceof AppError && reason.code === "UNAVAILABLE")
    return new AdminError(503, "Unavailable", "The storage cannot be written at the moment; nothing was changed.");
  return new AdminError(500, "InternalError", "The request failed; whether it took effect is not known.");
}

function send(response: ServerResponse, { status, body }: AdminReply): void {
  response.setHeader("cache-control", "no-store");
  if (body === undefined) {
    response.writeHead(status);
    response.end();
    return;
  }
  const data = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": data.length });
  response.end(data);
}
