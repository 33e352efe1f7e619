import { S3Error } from "../s3-error";

// S3's limit for everything in a form but the file.
const MAX_FIELD_BYTES = 20 * 1024;
const HEADERS_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");

export interface FormPart {
  name: string;
  /** Only for a file: its name, without a folder that the browser may send. */
  fileName?: string;
  contentType?: string;
}

/** Reads the boundary of a `multipart/form-data` content type; undefined for any other type. */
export function readBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? "",
  );
  return match?.[1] ?? match?.[2];
}

/**
 * Reads a form while it arrives: `nextPart`, then that part's `content` to the end, and so on. Throws S3Error for
 * broken framing, for a body that ends early, and when all fields together are larger than 20 KB.
 */
export class FormReader {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  // Starts with a line end, because every delimiter but the first follows one.
  #buffer: Buffer = LINE_END;
  #fieldBytes = 0;

  constructor(pieces: AsyncIterator<Buffer>, boundary: string) {
    this.#pieces = pieces;
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  }

  /** Skips everything before the first part. */
  async begin(): Promise<void> {
    await this.readField();
  }

  /** The next part; undefined after the last. */
  async nextPart(): Promise<FormPart | undefined> {
    this.#count(this.#delimiter.length);
    while (this.#buffer.length < LINE_END.length) await this.#fill();
    if (this.#buffer.subarray(0, 2).toString("latin1") === "--") return undefined;
    // The line end of the boundary is kept: with empty headers it is the first half of their end.
    const head = await this.#takeThrough(HEADERS_END);
    return parsePartHead(head.toString("utf8"));
  }

  /** The part's bytes, in pieces as they arrive. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      const ready = at < 0 ? this.#buffer.length - this.#delimiter.length + 1 : at;
      if (ready > 0) yield this.#buffer.subarray(0, ready);
      if (at >= 0) {
        this.#buffer = this.#buffer.subarray(at + this.#delimiter.length);
        return;
      }
      if (ready > 0) this.#buffer = this.#buffer.subarray(ready);
      await this.#fill();
    }
  }

  /** All bytes of the part. */
  async readField(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.content()) {
      this.#count(piece.length);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  /** Reads and ignores the rest of the body after the file, as S3 does. */
  async finish(): Promise<void> {
    this.#count(this.#buffer.length);
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next())
      this.#count(next.value.length);
  }

  async #takeThrough(mark: Buffer): Promise<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(mark);
      if (at >= 0) {
        this.#count(at + mark.length);
        const taken = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + mark.length);
        return taken;
      }
      if (this.#fieldBytes + this.#buffer.length > MAX_FIELD_BYTES) throw tooLarge();
      await this.#fill();
    }
  }

  async #fill(): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done) throw new S3Error("MalformedPOSTRequest");
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
  }

  #count(bytes: number): void {
    this.#fieldBytes += bytes;
    if (this.#fieldBytes > MAX_FIELD_BYTES) throw tooLarge();
  }
}

function tooLarge(): S3Error {
  return new S3Error("MaxPostPreDataLengthExceeded");
}

function parsePartHead(head: string): FormPart {
  const headers = new Map<string, string>();
  const [rest, ...lines] = head.split("\r\n");
  if (rest !== "") throw new S3Error("MalformedPOSTRequest");
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new S3Error("MalformedPOSTRequest");
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get("content-disposition") ?? "";
  const name = readParameter(disposition, "name");
  if (!/^form-data\s*;/i.test(disposition) || name === undefined) throw new S3Error("MalformedPOSTRequest");
  const fileName = readParameter(disposition, "filename")?.split(/[/\\]/).at(-1);
  return { name, fileName, contentType: headers.get("content-type") };
}

function readParameter(disposition: string, parameter: string): string | undefined {
  const match = new RegExp(`;\\s*${parameter}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]*))`, "i").exec(disposition);
  return match?.[1]?.replaceAll('\\"', '"') ?? match?.[2];
}
