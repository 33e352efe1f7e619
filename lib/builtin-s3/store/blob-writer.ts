import { type FileHandle, open, unlink } from "node:fs/promises";

/** A part of an object's bytes: one whole blob file, and its size. */
export type Extent = readonly [blob: string, size: number];

const FLUSH_BYTES = 512 * 1024;

/** Writes a body's bytes to a file, which becomes a blob when `finish` has synced it. */
export class BlobWriter {
  readonly #id: string;
  readonly #path: string;
  readonly #admit: (from: string) => Promise<void>;
  #file: FileHandle | undefined;
  #pieces: Buffer[] = [];
  #buffered = 0;
  #size = 0;

  constructor(id: string, path: string, admit: (from: string) => Promise<void>) {
    this.#id = id;
    this.#path = path;
    this.#admit = admit;
  }

  async write(piece: Buffer): Promise<void> {
    this.#pieces.push(piece);
    this.#buffered += piece.length;
    this.#size += piece.length;
    if (this.#buffered >= FLUSH_BYTES) await this.#flush();
  }

  /** Syncs the file and returns it as a part of an object; [] for an empty body. */
  async finish(): Promise<Extent[]> {
    if (this.#size === 0) return [];
    await this.#flush();
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
    await this.#admit(this.#path);
    return [[this.#id, this.#size]];
  }

  /** Removes the file. Does nothing after `finish`. */
  async abort(): Promise<void> {
    if (!this.#file) return;
    await this.#file.close();
    this.#file = undefined;
    await unlink(this.#path);
  }

  async #flush(): Promise<void> {
    if (this.#pieces.length === 0) return;
    this.#file ??= await open(this.#path, "wx", 0o600);
    const pieces = this.#pieces;
    const bytes = this.#buffered;
    this.#pieces = [];
    this.#buffered = 0;
    await writeAll(this.#file, pieces, bytes);
  }
}

async function writeAll(file: FileHandle, pieces: Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten === bytes) return;
  let rest = Buffer.concat(pieces).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}
