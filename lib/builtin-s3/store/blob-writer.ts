import { type FileHandle, open, unlink } from "node:fs/promises";

/** A run of bytes of an object: all of one blob file. */
export type Extent = readonly [blob: string, size: number];

const FLUSH_BYTES = 512 * 1024;

/** Takes a body's bytes into a file that becomes a blob only when `finish` has synced it. */
export class BlobWriter {
  readonly #id: string;
  readonly #path: string;
  readonly #admit: (from: string) => Promise<void>;
  #file: FileHandle | undefined;
  #pieces: Buffer[] = [];
  #buffered = 0;
  #size = 0;
  // The write under way; the next piece is hashed by the caller meanwhile.
  #writing: Promise<void> = Promise.resolve();

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

  /** Syncs the file and gives its place in an object; nothing for an empty body. */
  async finish(): Promise<Extent[]> {
    if (this.#size === 0) return [];
    await this.#flush();
    await this.#writing;
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
    await this.#admit(this.#path);
    return [[this.#id, this.#size]];
  }

  /** Gives up: the file goes. Harmless after `finish`. */
  async abort(): Promise<void> {
    await this.#writing.catch(() => undefined);
    if (!this.#file) return;
    await this.#file.close();
    this.#file = undefined;
    await unlink(this.#path);
  }

  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#pieces.length === 0) return;
    this.#file ??= await open(this.#path, "wx", 0o600);
    const file = this.#file;
    const pieces = this.#pieces;
    const bytes = this.#buffered;
    this.#pieces = [];
    this.#buffered = 0;
    this.#writing = writeAll(file, pieces, bytes);
    // Reported by the next await of #writing; without this a failure between two awaits would end the process.
    this.#writing.catch(() => undefined);
  }
}

async function writeAll(file: FileHandle, pieces: Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten === bytes) return;
  let rest = Buffer.concat(pieces).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}
