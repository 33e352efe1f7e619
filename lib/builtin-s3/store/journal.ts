import { existsSync } from "node:fs";
import { type FileHandle, open, readdir, unlink } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { encodeLine, readLines, syncFolder, writeAll, writeSnapshot } from "./journal-file";

const MAX_BATCH = 512;
const COMPACT_SLACK = 10_000;

/** State that is built from records. `apply` must accept every record that was ever written. */
export interface Ledger<R> {
  reset(): void;
  apply(record: R): void;
  /** Records from which the whole state can be built again. */
  snapshot(): Iterable<R>;
  /** About how many records `snapshot` would give. */
  size(): number;
  /** Called when all applied records are on the disk: files to which no record refers may be removed then. */
  durable(): void;
}

interface Pending<R> {
  decide: () => readonly R[];
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/**
 * An append-only file of records, from which its ledger is built. Commits run one at a time, each against the newest
 * state, and resolve when they are on the disk. Commits that come while the disk is being synced share the next sync.
 */
export class Journal<R> {
  readonly #folder: string;
  readonly #name: string;
  readonly #ledger: Ledger<R>;
  #generation = 0;
  #file: FileHandle | undefined;
  #bytes = 0;
  #records = 0;
  /** After a failed compaction: the number of records before the next attempt. */
  #compactAfter = 0;
  #queue: Pending<R>[] = [];
  #running: Promise<void> = Promise.resolve();
  #busy = false;

  private constructor(folder: string, name: string, ledger: Ledger<R>) {
    this.#folder = folder;
    this.#name = name;
    this.#ledger = ledger;
  }

  /**
   * Opens or creates `<folder>/<name>.<generation>.log` and replays it. A batch that a crash left half written is cut
   * off.
   */
  static async open<R>(folder: string, name: string, ledger: Ledger<R>): Promise<Journal<R>> {
    const journal = new Journal(folder, name, ledger);
    await journal.#load();
    return journal;
  }

  /**
   * Runs `decide` against the newest state and writes its records: after a crash all of them are there, or none. When
   * `decide` throws, the commit rejects with that error and changes nothing.
   */
  async commit(decide: () => readonly R[]): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.#queue.push({ decide, resolve, reject }));
    if (!this.#busy) {
      this.#busy = true;
      this.#running = this.#run();
    }
    return done;
  }

  /** Resolves when all commits that were decided before are on the disk. Later commits are not waited for. */
  async settled(): Promise<void> {
    await this.commit(() => []);
  }

  /** Replaces the history by the current state. A crash leaves the one or the other. */
  async rewrite(): Promise<void> {
    await this.#running;
    await this.#compact();
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#flush(this.#queue.splice(0, MAX_BATCH));
      if (this.#records > Math.max(this.#compactAfter, 2 * this.#ledger.size() + COMPACT_SLACK))
        await this.#tryToCompact();
    }
    this.#busy = false;
  }

  async #flush(batch: Pending<R>[]): Promise<void> {
    const records: R[] = [];
    const settle: (() => void)[] = [];
    for (const pending of batch) {
      try {
        const decided = pending.decide();
        for (const record of decided) this.#ledger.apply(record);
        records.push(...decided);
        settle.push(pending.resolve);
      } catch (reason) {
        settle.push(() => pending.reject(reason));
      }
    }
    if (records.length > 0) {
      try {
        await this.#append(records);
      } catch (cause) {
        await this.#recover();
        const reason = new AppError("UNAVAILABLE", `cannot write the ${this.#name} journal`, { cause });
        for (const pending of batch) pending.reject(reason);
        return;
      }
    }
    for (const done of settle) done();
    this.#ledger.durable();
  }

  async #append(records: readonly R[]): Promise<void> {
    if (!this.#file) throw new AppError("UNAVAILABLE", `the ${this.#name} journal is closed`);
    const line = encodeLine(records);
    await writeAll(this.#file, line, this.#bytes);
    await this.#file.datasync();
    this.#bytes += line.length;
    this.#records += records.length;
  }

  /** After a failed write the memory is ahead of the disk: builds the state again from the disk. */
  async #recover(): Promise<void> {
    await this.#file?.truncate(this.#bytes);
    this.#replay(this.#path(this.#generation));
  }

  async #load(): Promise<void> {
    const pattern = new RegExp(`^${this.#name}\\.(\\d+)\\.log(\\.tmp)?$`);
    const found = (await readdir(this.#folder)).map((name) => pattern.exec(name)).filter((match) => match !== null);
    const generations = found.filter((match) => !match[2]).map((match) => Number(match[1]));
    this.#generation = Math.max(0, ...generations);
    for (const match of found) {
      if (match[2] || Number(match[1]) < this.#generation) await unlink(path.join(this.#folder, match[0]));
    }
    if (this.#generation === 0) {
      this.#generation = 1;
      this.#ledger.reset();
      await (await open(this.#path(1), "wx", 0o600)).close();
      await syncFolder(this.#folder);
    } else {
      this.#replay(this.#path(this.#generation));
    }
    this.#file = await open(this.#path(this.#generation), "r+");
    await this.#file.truncate(this.#bytes);
    if (this.#records > 2 * this.#ledger.size() + 1000) await this.#compact();
  }

  #replay(file: string): void {
    this.#ledger.reset();
    this.#records = 0;
    this.#bytes = readLines<R>(file, (records) => {
      for (const record of records) this.#ledger.apply(record);
      this.#records += records.length;
    });
  }

  /** Compacts, or tries again when the journal has doubled: a disk without room for a snapshot still takes commits. */
  async #tryToCompact(): Promise<void> {
    try {
      await this.#compact();
      this.#compactAfter = 0;
    } catch (err) {
      // The next start reads the new generation: records in the old one would be lost from now on.
      if (existsSync(this.#path(this.#generation + 1))) throw err;
      this.#compactAfter = 2 * this.#records;
      logger.error({ err, journal: this.#name }, "the journal could not be compacted");
    }
  }

  /** Writes the state as a new generation, which is valid from the rename on. */
  async #compact(): Promise<void> {
    const next = this.#generation + 1;
    const written = await writeSnapshot(this.#path(next), this.#ledger.snapshot());
    const old = { file: this.#file, path: this.#path(this.#generation) };
    this.#generation = next;
    this.#file = written.file;
    this.#bytes = written.bytes;
    this.#records = written.records;
    await old.file?.close();
    await unlink(old.path);
  }

  #path(generation: number): string {
    return path.join(this.#folder, `${this.#name}.${generation}.log`);
  }
}
