import type { IncomingMessage, ServerResponse } from "node:http";
import type { Key } from "../accounts/table";
import type { Region } from "../region";
import { encodePath } from "../signature/target";
import type { HeaderMap } from "../signature/headers";
import { S3Error } from "../s3-error";
import type { Caller } from "../store/object-store";
import { type BodySource, readSmallBody } from "./body";

export type ReplyHeaders = Record<string, string | number | undefined>;

/** A verified request and its answer: the input of every operation. */
export interface Exchange extends BodySource {
  readonly method: string;
  readonly requestId: string;
  readonly region: Region;
  readonly key: Key;
  readonly caller: Caller;
  readonly bucket: string;
  /** Empty for requests to a bucket. */
  readonly object: string;
  readonly query: ReadonlyMap<string, string>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: HeaderMap;
}

export type Operation = (exchange: Exchange) => Promise<void>;

const XML_BYTES = 1024 * 1024;

/** Sends an answer with its headers and, if there is one, its whole body. */
export function reply(exchange: Exchange, status: number, headers: ReplyHeaders = {}, body?: Buffer | string): void {
  const { response } = exchange;
  const data = typeof body === "string" ? Buffer.from(body) : body;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  if (data) response.setHeader("content-length", data.length);
  else if (status !== 204 && status !== 304 && exchange.method !== "HEAD") response.setHeader("content-length", 0);
  response.writeHead(status);
  response.end(exchange.method === "HEAD" ? undefined : data);
}

export function replyXml(exchange: Exchange, body: string, headers: ReplyHeaders = {}, status = 200): void {
  reply(exchange, status, { ...headers, "content-type": "application/xml" }, body);
}

/** Reads a request's XML body of at most `maxBytes` (default 1 MiB). */
export async function readXmlBody(exchange: Exchange, maxBytes = XML_BYTES): Promise<Buffer> {
  return readSmallBody(exchange, maxBytes);
}

/** Reads a whole number within bounds from the query; the fallback when it is absent. */
export function numberInQuery(exchange: Exchange, name: string, fallback: number, min: number, max: number): number {
  const given = exchange.query.get(name);
  if (given === undefined || given === "") return fallback;
  const value = Number(given);
  if (!/^\d{1,10}$/.test(given) || value < min)
    throw new S3Error("InvalidArgument", undefined, { ArgumentName: name, ArgumentValue: given });
  return Math.min(value, max);
}

export function httpDate(time: number): string {
  return new Date(time).toUTCString();
}

export function isoDate(time: number): string {
  return new Date(time).toISOString();
}

/** The URL of an object, at the address that the client used. */
export function locationOf({ headers, bucket }: Pick<Exchange, "headers" | "bucket">, key: string): string {
  return `http://${headers.get("host") ?? ""}/${bucket}/${encodePath(key)}`;
}
