import type { IncomingMessage, ServerResponse } from "node:http";
import type { S3Error } from "../s3-error";
import { text } from "./xml";

const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 15_000;

export interface FailedExchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** The decoded path. */
  resource: string;
  /** Whether the client sends its body without waiting for `100 Continue`. */
  bodyExpected: boolean;
}

/** Answers with S3's error document, or closes the connection when the answer has begun already. */
export function sendError(
  { request, response, requestId, resource, bodyExpected }: FailedExchange,
  error: S3Error,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const details = Object.entries(error.detail).map(([name, value]) => text(name, value));
  const inner = [
    text("Code", error.code),
    text("Message", error.message),
    ...details,
    text("Resource", resource),
    text("RequestId", requestId),
    text("HostId", requestId),
  ];
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join("")}</Error>`);
  response.setHeader("content-type", "application/xml");
  response.setHeader("content-length", body.length);
  if (error.code === "ServiceUnavailable") response.setHeader("retry-after", 5);
  if (!bodyExpected || error.code === "RequestTimeout") response.setHeader("connection", "close");
  response.writeHead(error.status);
  response.end(request.method === "HEAD" ? undefined : body);
  if (!request.complete && bodyExpected) drain(request);
}

/** Reads and drops the rest of the body, within limits: clients read the answer only after they have sent it. */
function drain(request: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  const stop = () => clearTimeout(timer);
  request.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > DRAIN_BYTES) request.destroy();
  });
  request.on("end", stop);
  request.on("close", stop);
  request.on("error", stop);
  request.resume();
}
