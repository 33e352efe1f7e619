import { createHash, type Hash } from "node:crypto";
import { S3Error } from "../s3-error";
import { hmac, sha256Hex, signaturesEqual } from "./credential";
import type { ChunkSeed } from "./verify";

const EMPTY_SHA256 = sha256Hex("");
const MAX_LINE_BYTES = 1024;
const MAX_TRAILER_LINES = 8;

export interface ChunkedOptions {
  /** Given when each chunk has a signature. */
  seed?: ChunkSeed;
  /** Whether trailing headers follow the last chunk. */
  trailer: boolean;
}

/**
 * Decodes an `aws-chunked` body. `push` returns payload bytes before the signature of their chunk has been checked, so
 * the payload must not be used before `end` has returned.
 */
export class ChunkDecoder {
  readonly trailers = new Map<string, string>();
  #state: "size" | "data" | "data-end" | "last" | "trailer" | "done" = "size";
  #line = "";
  #remaining = 0;
  #declared = "";
  #hash: Hash | undefined;
  #previous: string;
  #trailerText = "";
  readonly #options: ChunkedOptions;

  constructor(options: ChunkedOptions) {
    this.#options = options;
    this.#previous = options.seed?.signature ?? "";
  }

  /** Returns the payload in the next piece of the body. Throws S3Error for broken framing or a wrong signature. */
  push(input: Buffer): Buffer[] {
    const output: Buffer[] = [];
    let offset = 0;
    while (offset < input.length) {
      if (this.#state === "done") throw new S3Error("IncompleteBody", "The body goes on after its last chunk.");
      if (this.#state === "data") {
        const piece = input.subarray(offset, offset + this.#remaining);
        this.#hash?.update(piece);
        this.#remaining -= piece.length;
        offset += piece.length;
        output.push(piece);
        if (this.#remaining === 0) this.#state = "data-end";
        continue;
      }
      const newline = input.indexOf(0x0a, offset);
      const end = newline < 0 ? input.length : newline;
      this.#line += input.toString("latin1", offset, end);
      if (this.#line.length > MAX_LINE_BYTES)
        throw new S3Error("IncompleteBody", "A line of the chunk framing is too long.");
      offset = end + 1;
      if (newline < 0) break;
      const line = this.#line;
      this.#line = "";
      this.#readLine(line);
    }
    return output;
  }

  /** Must be called at the end of the body. Throws S3Error when the body ended too early. */
  end(): void {
    if (this.#state !== "done") throw new S3Error("IncompleteBody");
  }

  #readLine(raw: string): void {
    const cr = raw.endsWith("\r");
    const line = cr ? raw.slice(0, -1) : raw;
    // Only a line of the trailer may end in a bare newline, as in AWS's documented example.
    if (!cr && this.#state !== "trailer") throw new S3Error("IncompleteBody", "The chunk framing is broken.");
    if (this.#state === "size") return this.#readSize(line);
    if (this.#state === "data-end") {
      if (line !== "") throw new S3Error("IncompleteBody", "A chunk is longer than it says.");
      this.#finishChunk();
      this.#state = "size";
      return;
    }
    if (this.#state === "trailer" && line !== "") return this.#readTrailer(line);
    if (line !== "") throw new S3Error("IncompleteBody", "The chunk framing is broken.");
    if (this.#options.trailer && this.#options.seed) this.#checkTrailerSignature(this.#options.seed);
    this.#state = "done";
  }

  #readSize(line: string): void {
    const match = (
      this.#options.seed ? /^([0-9a-fA-F]{1,10});chunk-signature=([0-9a-f]{64})$/ : /^([0-9a-fA-F]{1,10})$/
    ).exec(line);
    if (!match) throw new S3Error("IncompleteBody", "The header of a chunk is malformed.");
    this.#remaining = Number.parseInt(match[1] ?? "", 16);
    this.#declared = match[2] ?? "";
    if (this.#options.seed) this.#hash = createHash("sha256");
    if (this.#remaining > 0) {
      this.#state = "data";
      return;
    }
    this.#finishChunk();
    this.#state = this.#options.trailer ? "trailer" : "last";
  }

  #finishChunk(): void {
    const seed = this.#options.seed;
    if (!seed || !this.#hash) return;
    const digest = this.#hash.digest("hex");
    const text = ["AWS4-HMAC-SHA256-PAYLOAD", seed.amzDate, seed.scope, this.#previous, EMPTY_SHA256, digest].join(
      "\n",
    );
    const signature = hmac(seed.signingKey, text).toString("hex");
    if (!signaturesEqual(signature, this.#declared)) throw new S3Error("SignatureDoesNotMatch");
    this.#previous = signature;
    this.#hash = undefined;
  }

  #readTrailer(line: string): void {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "" || this.trailers.has(name) || this.trailers.size >= MAX_TRAILER_LINES)
      throw new S3Error("MalformedTrailerError");
    this.trailers.set(name, value);
    if (name !== "x-amz-trailer-signature") this.#trailerText += `${name}:${value}\n`;
  }

  #checkTrailerSignature(seed: ChunkSeed): void {
    const declared = this.trailers.get("x-amz-trailer-signature") ?? "";
    this.trailers.delete("x-amz-trailer-signature");
    const digest = sha256Hex(Buffer.from(this.#trailerText, "latin1"));
    const text = ["AWS4-HMAC-SHA256-TRAILER", seed.amzDate, seed.scope, this.#previous, digest].join("\n");
    if (!signaturesEqual(hmac(seed.signingKey, text).toString("hex"), declared))
      throw new S3Error("SignatureDoesNotMatch");
  }
}
