import { randomBytes } from "node:crypto";
import { S3Error } from "../s3-error";
import type { RequestHandler } from "./listener";
import { sendError } from "./send-error";

/**
 * Answers the S3 requests of a region whose store is not there: 503 to everything. An answer about keys or objects would
 * be wrong as soon as the folder is back.
 */
export function createLostHandler(): RequestHandler {
  return async (request, response, waits) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("server", "Latchkey");
    const error = new S3Error("ServiceUnavailable", "The storage of this region is not there.");
    sendError({ request, response, requestId, resource: "", bodyExpected: !waits }, error);
  };
}
