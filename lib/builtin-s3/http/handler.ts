import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Region } from "../region";
import { readHeaders } from "../signature/headers";
import { parseTarget, type RequestTarget } from "../signature/target";
import { verifyRequest } from "../signature/verify";
import { S3Error } from "../s3-error";
import { isBucketName } from "./buckets";
import type { Exchange } from "./exchange";
import { refuseUnsupported } from "./object-headers";
import { findOperation } from "./router";
import { sendError } from "./send-error";

const MAX_KEY_BYTES = 1024;

/** Answers the S3 requests of one region. `waits`: the client sent `Expect: 100-continue` and holds its body back. */
export function createHandler(region: Region): (request: IncomingMessage, response: ServerResponse, waits: boolean) => Promise<void> {
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
      const exchange = openExchange({ request, response, region, target, requestId, invite });
      await findOperation(exchange)(exchange);
    } catch (reason) {
      const error = reason instanceof S3Error ? reason : unexpected(reason, request, requestId);
      sendError({ request, response, requestId, resource: target?.path ?? "", bodyExpected: invited }, error);
    }
  };
}

type Opening = Pick<Exchange, "request" | "response" | "region" | "requestId" | "invite"> & { target: RequestTarget };

/** Who asks, for what: the signature is verified before anything else of the request is looked at. */
function openExchange({ request, response, region, target, requestId, invite }: Opening): Exchange {
  const method = request.method ?? "";
  const headers = readHeaders(request.rawHeaders);
  const now = Date.now();
  const findKey = (id: string) => region.accounts.findUsableKey(id, now);
  const verified = verifyRequest({ method, target, headers }, { signingRegion: region.signingRegion, now, findKey });
  if (!verified.ok) throw new S3Error(verified.code, verified.message, verified.detail);
  const { key, payload, seed } = verified;
  region.accounts.noteUse(key, now, request.socket.remoteAddress ?? "", headers.get("user-agent") ?? "");
  const caller = {
    account: key.account,
    check: () => {
      if (!region.accounts.isUsable(key, Date.now())) throw new S3Error("InvalidAccessKeyId");
    },
  };
  refuseUnsupported(headers, key.account);
  const query = readQuery(target);
  if (query.has("X-Amz-Security-Token")) throw new S3Error("InvalidToken");
  return { method, requestId, region, key, caller, request, response, headers, payload, seed, invite, query, ...readNames(target.path) };
}

/** The first segment is the bucket, all the rest the key, as it stands. */
function readNames(path: string): { bucket: string; object: string } {
  const slash = path.indexOf("/", 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const object = slash < 0 ? "" : path.slice(slash + 1);
  if (bucket === "" && object !== "") throw new S3Error("InvalidBucketName", undefined, { BucketName: bucket });
  if (bucket !== "" && !isBucketName(bucket)) throw new S3Error("InvalidBucketName", undefined, { BucketName: bucket });
  if (Buffer.byteLength(object) > MAX_KEY_BYTES) throw new S3Error("KeyTooLongError", undefined, { MaxSizeAllowed: String(MAX_KEY_BYTES) });
  return { bucket, object };
}

/** A name given twice could be read as one thing here and as another elsewhere. */
function readQuery(target: RequestTarget): Map<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of target.query) {
    if (query.has(name)) throw new S3Error("InvalidArgument", "A query parameter is given twice.", { ArgumentName: name });
    query.set(name, value);
  }
  return query;
}

function unexpected(reason: unknown, request: IncomingMessage, requestId: string): S3Error {
  if (reason instanceof AppError && reason.code === "UNAVAILABLE") {
    logger.error({ err: reason, requestId }, "storage not writable");
    return new S3Error("ServiceUnavailable", "The storage cannot be written at the moment.");
  }
  // A client that hangs up is no failure of ours.
  if (!request.destroyed || request.complete) {
    logger.error({ err: reason, requestId, method: request.method }, "request failed");
  }
  return new S3Error("InternalError");
}
