import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Region } from "../region";
import type { Key } from "../accounts/table";
import { verifyForm } from "../signature/form";
import { type HeaderMap, readHeaders } from "../signature/headers";
import { parseTarget, type RequestTarget } from "../signature/target";
import { type Verification, verifyRequest } from "../signature/verify";
import { S3Error } from "../s3-error";
import type { Exchange } from "./exchange";
import { readNames } from "./names";
import { refuseUnsupported } from "./object-headers";
import { findFormBoundary, openForm } from "./open-form";
import { headersOfForm, postObject } from "./post-object";
import { findOperation } from "./router";
import { sendError } from "./send-error";

/** Answers the S3 requests of one region. `waits`: the client sent `Expect: 100-continue` and waits with its body. */
export function createHandler(
  region: Region,
): (request: IncomingMessage, response: ServerResponse, waits: boolean) => Promise<void> {
  return async (request, response, waits) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("x-amz-id-2", requestId);
    response.setHeader("server", "Latchkey");
    let invited = !waits;
    const invite = () => {
      if (!invited) response.writeContinue();
      invited = true;
    };
    const target = parseTarget(request.url ?? "");
    try {
      if (!target) throw new S3Error("InvalidURI");
      await answer({ request, response, region, target, requestId, invite });
    } catch (reason) {
      const error = reason instanceof S3Error ? reason : unexpected(reason, request, requestId);
      sendError({ request, response, requestId, resource: target?.path ?? "", bodyExpected: invited }, error);
    }
  };
}

type Opening = Pick<Exchange, "request" | "response" | "region" | "requestId" | "invite"> & { target: RequestTarget };

async function answer(opening: Opening): Promise<void> {
  const { request, region, target, invite } = opening;
  const method = request.method ?? "";
  const headers = readHeaders(request.rawHeaders);
  const boundary = findFormBoundary(method, target, headers);
  const now = Date.now();
  const context = {
    signingRegion: region.signingRegion,
    now,
    findKey: (id: string) => region.accounts.findUsableKey(id, now),
  };
  if (boundary === undefined) {
    const exchange = openExchange(opening, headers, verifyRequest({ method, target, headers }, context));
    return findOperation(exchange)(exchange);
  }
  invite();
  const form = await openForm(request, headers, boundary);
  const exchange = openExchange(
    opening,
    headersOfForm(form.fields, headers.get("host") ?? ""),
    verifyForm(form.fields, context),
  );
  return postObject(exchange, form);
}

/** The caller and the target of a request. Verifies the signature before anything else of the request is used. */
function openExchange({ target, ...opening }: Opening, headers: HeaderMap, verified: Verification<Key>): Exchange {
  if (!verified.ok) throw new S3Error(verified.code, verified.message, verified.detail);
  const { key, payload, seed } = verified;
  const { request, region } = opening;
  region.accounts.noteUse(key, Date.now(), request.socket.remoteAddress ?? "", request.headers["user-agent"] ?? "");
  refuseWrite(key, request.method);
  const caller = {
    account: key.account,
    check: () => {
      if (!region.accounts.isUsable(key, Date.now())) throw new S3Error("InvalidAccessKeyId");
    },
  };
  refuseUnsupported(headers, key.account);
  const query = readQuery(target);
  if (query.has("X-Amz-Security-Token")) throw new S3Error("InvalidToken");
  return {
    ...opening,
    method: request.method ?? "",
    key,
    caller,
    headers,
    payload,
    seed,
    query,
    ...readNames(target.path),
  };
}

/** Refuses every request but a read to a read-only key. The body was not read yet, but for the fields of a form. */
function refuseWrite({ access }: Key, method: string | undefined): void {
  if (access === "read-only" && method !== "GET" && method !== "HEAD")
    throw new S3Error("AccessDenied", "This access key is read-only.");
}

/** Refuses a header that is given twice: two programs could read different values of it. */
function readQuery(target: RequestTarget): Map<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of target.query) {
    if (query.has(name))
      throw new S3Error("InvalidArgument", "A query parameter is given twice.", { ArgumentName: name });
    query.set(name, value);
  }
  return query;
}

function unexpected(reason: unknown, request: IncomingMessage, requestId: string): S3Error {
  if (reason instanceof AppError && reason.code === "UNAVAILABLE") {
    logger.error({ err: reason, requestId }, "storage not writable");
    return new S3Error("ServiceUnavailable", "The storage cannot be written at the moment.");
  }
  // A client that closes the connection is no failure of the server.
  if (!request.destroyed || request.complete) {
    logger.error({ err: reason, requestId, method: request.method }, "request failed");
  }
  return new S3Error("InternalError");
}
