import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, unlink } from "node:fs/promises";
import path from "node:path";
import { BlobWriter, type Extent } from "./blob-writer";

const READ_BYTES = 256 * 1024;
const BLOB_NAME = /^[0-9a-f]{32}$/;

/**
 * The files with the bytes of objects. Their names are random, so no name that a client sends reaches the file system.
 * A file is complete and synced before a record refers to it.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #references = new Map<string, number>();
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();
  readonly #folders = new Map<string, FileHandle>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<BlobStore> {
    await rm(path.join(folder, "incoming"), { recursive: true, force: true });
    await mkdir(path.join(folder, "incoming"), { recursive: true, mode: 0o700 });
    await mkdir(path.join(folder, "blobs"), { recursive: true, mode: 0o700 });
    return new BlobStore(folder);
  }

  create(): BlobWriter {
    const id = randomBytes(16).toString("hex");
    return new BlobWriter(id, path.join(this.#folder, "incoming", id), (from) => this.#admit(id, from));
  }

  forgetReferences(): void {
    this.#references.clear();
    this.#doomed.clear();
  }

  retain(extents: readonly Extent[]): void {
    for (const [id] of extents) {
      this.#references.set(id, (this.#references.get(id) ?? 0) + 1);
      this.#doomed.delete(id);
    }
  }

  release(extents: readonly Extent[]): void {
    for (const [id] of extents) {
      const count = (this.#references.get(id) ?? 0) - 1;
      if (count > 0) this.#references.set(id, count);
      else {
        this.#references.delete(id);
        this.#doomed.add(id);
      }
    }
  }

  /** Removes files to which nothing refers any more. A file that is being read is removed after its last reader. */
  collect(): void {
    for (const id of this.#doomed) {
      if (this.#readers.has(id)) continue;
      this.#doomed.delete(id);
      this.#remove(id);
    }
  }

  /** Removes blobs whose object was refused after they were written. */
  discard(extents: readonly Extent[]): void {
    for (const [id] of extents) if (!this.#references.has(id)) this.#remove(id);
  }

  /** Removes files to which no record refers: a crash leaves them between the write of a blob and its commit. */
  async sweep(): Promise<number> {
    let removed = 0;
    const root = path.join(this.#folder, "blobs");
    for (const shard of await readdir(root)) {
      for (const name of await readdir(path.join(root, shard))) {
        if (!BLOB_NAME.test(name) || this.#references.has(name)) continue;
        await unlink(path.join(root, shard, name));
        removed += 1;
      }
    }
    return removed;
  }

  /** Reads `length` bytes from `start`. The files stay until the iteration ends, also when the object is deleted. */
  async *read(extents: readonly Extent[], start: number, length: number): AsyncGenerator<Buffer> {
    this.#pin(extents, 1);
    try {
      let offset = start;
      let remaining = length;
      for (const [id, size] of extents) {
        if (remaining === 0) break;
        if (offset >= size) {
          offset -= size;
          continue;
        }
        const take = Math.min(size - offset, remaining);
        if (offset === 0 && take === size && size <= READ_BYTES) yield await readFile(this.#path(id));
        else yield* readFrom(this.#path(id), offset, take);
        remaining -= take;
        offset = 0;
      }
    } finally {
      this.#pin(extents, -1);
      this.collect();
    }
  }

  async close(): Promise<void> {
    for (const handle of this.#folders.values()) await handle.close();
    this.#folders.clear();
  }

  #pin(extents: readonly Extent[], by: 1 | -1): void {
    for (const [id] of extents) {
      const count = (this.#readers.get(id) ?? 0) + by;
      if (count > 0) this.#readers.set(id, count);
      else this.#readers.delete(id);
    }
  }

  #remove(id: string): void {
    // The next start sweeps a file whose removal failed.
    unlink(this.#path(id)).catch(() => undefined);
  }

  async #admit(id: string, from: string): Promise<void> {
    const folder = path.join(this.#folder, "blobs", id.slice(0, 2));
    let handle = this.#folders.get(folder);
    if (!handle) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const opened = await open(folder, "r");
      handle = this.#folders.get(folder);
      if (handle) await opened.close();
      else {
        handle = opened;
        this.#folders.set(folder, handle);
        const root = await open(path.join(this.#folder, "blobs"), "r");
        await root.sync();
        await root.close();
      }
    }
    await rename(from, this.#path(id));
    await handle.sync();
  }

  #path(id: string): string {
    return path.join(this.#folder, "blobs", id.slice(0, 2), id);
  }
}

async function* readFrom(file: string, start: number, length: number): AsyncGenerator<Buffer> {
  const handle = await open(file, "r");
  try {
    let position = start;
    const end = start + length;
    while (position < end) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw new Error(`blob ends at ${position}, before ${end}`);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
