import { isSealedWith, seal, unseal } from "@/lib/platform/crypto/seal";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { Journal } from "../store/journal";
import type { AccessLevel, AccountRecord, KeyState } from "./records";
import { type Account, AccountTable, type Key } from "./table";

export interface NewKey {
  account: string;
  accessKeyId: string;
  secret: Secret;
  tag?: string;
  access: AccessLevel;
  /** Milliseconds since the epoch. */
  notAfter?: number;
}

export type PutKeyOutcome =
  { ok: true; created: boolean; key: Key } | { ok: false; reason: "NoSuchAccount" | "KeyExists" };
export type ChangeKeyOutcome = { ok: true; key: Key } | { ok: false; reason: "NoSuchAccount" | "NoSuchKey" };

const USE_FLUSH_MS = 60_000;

/**
 * The accounts and access keys of one region. A change applies to requests as soon as it is decided, and is on the disk
 * when its promise resolves.
 */
export class Accounts {
  readonly #table: AccountTable;
  readonly #journal: Journal<AccountRecord>;
  readonly #sealSecret: (key: NewKey) => string;
  readonly #used = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  private constructor(table: AccountTable, journal: Journal<AccountRecord>, sealSecret: (key: NewKey) => string) {
    this.#table = table;
    this.#journal = journal;
    this.#sealSecret = sealSecret;
    this.#timer = setInterval(() => void this.#flushUses(), USE_FLUSH_MS);
    this.#timer.unref();
  }

  /**
   * Opens the journal in `folder`. Secrets that are not sealed with the first master key are sealed with it first.
   * Throws when a secret is sealed with none of the keys.
   */
  static async open(folder: string, region: string, masterKeys: readonly [Buffer, ...Buffer[]]): Promise<Accounts> {
    const [masterKey] = masterKeys;
    const contextOf = (account: string, id: string) => `builtin-s3/${region}/${account}/${id}`;
    const sealSecret = (key: Pick<NewKey, "account" | "accessKeyId" | "secret">) =>
      seal(key.secret.reveal(), masterKey, contextOf(key.account, key.accessKeyId)).toString("base64");
    const isFormer = (sealed: string) => !isSealedWith(Buffer.from(sealed, "base64"), masterKey);
    // Removed keys count too: as long as the journal has them, its replay needs their master key.
    let metFormer = false;
    const table = new AccountTable((sealed, account, id) => {
      metFormer ||= isFormer(sealed);
      return new Secret(unseal(Buffer.from(sealed, "base64"), masterKeys, contextOf(account, id)));
    });
    const journal = await Journal.open(folder, "accounts", table);
    table.reseal(isFormer, sealSecret);
    if (metFormer) await journal.rewrite();
    return new Accounts(table, journal, sealSecret);
  }

  findAccount(id: string): Account | undefined {
    return this.#table.accounts.get(id);
  }

  /** One page of accounts, ordered by id, after `cursor`. */
  listAccounts(cursor: string, limit: number): { accounts: Account[]; next?: string } {
    const sorted = [...this.#table.accounts.values()]
      .filter(({ id }) => id > cursor)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const accounts = sorted.slice(0, limit);
    return { accounts, next: sorted.length > limit ? accounts.at(-1)?.id : undefined };
  }

  async putAccount(id: string, displayName: string): Promise<void> {
    await this.#journal.commit(() => {
      const known = this.findAccount(id);
      return known?.displayName === displayName
        ? []
        : [{ t: "account", id, displayName, createdAt: known?.createdAt ?? Date.now() }];
    });
  }

  listKeys(account: string): Key[] {
    return [...this.#table.keys.values()].filter((key) => key.account === account);
  }

  /** The key, if it works now. */
  findUsableKey(accessKeyId: string, now: number): Key | undefined {
    const key = this.#table.keys.get(accessKeyId);
    return key && this.isUsable(key, now) ? key : undefined;
  }

  /** Whether this key still exists and works. A later key with the same id is another key. */
  isUsable(key: Key, now: number): boolean {
    return (
      this.#table.keys.get(key.accessKeyId) === key &&
      key.state === "active" &&
      (key.notAfter === undefined || now < key.notAfter)
    );
  }

  noteUse(key: Key, at: number, address: string, userAgent: string): void {
    key.lastUsed = { at, address, userAgent: userAgent.slice(0, 256) };
    this.#used.add(key.accessKeyId);
  }

  /** Adds a key. The same key again changes nothing; an id that another key in the region has is refused. */
  async putKey(input: NewKey): Promise<PutKeyOutcome> {
    let created = false;
    let refusal: "NoSuchAccount" | "KeyExists" | undefined;
    await this.#journal.commit(() => {
      if (!this.findAccount(input.account)) refusal = "NoSuchAccount";
      const known = this.#table.keys.get(input.accessKeyId);
      if (!refusal && known && !isSame(known, input)) refusal = "KeyExists";
      created = !refusal && !known;
      if (!created) return [];
      const { account, accessKeyId: id, tag, notAfter, access } = input;
      return [
        {
          t: "key",
          id,
          account,
          sealed: this.#sealSecret(input),
          state: "active",
          createdAt: Date.now(),
          marker: tag,
          notAfter,
          access,
        },
      ];
    });
    const key = this.#table.keys.get(input.accessKeyId);
    return refusal || !key ? { ok: false, reason: refusal ?? "KeyExists" } : { ok: true, created, key };
  }

  /** Changes the given fields of a key; `notAfter: null` removes its end. */
  async changeKey(
    account: string,
    id: string,
    change: { state?: KeyState; notAfter?: number | null },
  ): Promise<ChangeKeyOutcome> {
    let outcome: ChangeKeyOutcome = { ok: false, reason: "NoSuchKey" };
    await this.#journal.commit(() => {
      outcome = this.#find(account, id);
      if (!outcome.ok) return [];
      const notAfter = change.notAfter === undefined ? outcome.key.notAfter : (change.notAfter ?? undefined);
      return [{ t: "key-change", id, state: change.state ?? outcome.key.state, notAfter }];
    });
    return outcome;
  }

  async removeKey(account: string, id: string): Promise<ChangeKeyOutcome> {
    let outcome: ChangeKeyOutcome = { ok: false, reason: "NoSuchKey" };
    await this.#journal.commit(() => {
      outcome = this.#find(account, id);
      return outcome.ok ? [{ t: "key-gone", id }] : [];
    });
    return outcome;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushUses();
    await this.#journal.close();
  }

  #find(account: string, id: string): ChangeKeyOutcome {
    if (!this.findAccount(account)) return { ok: false, reason: "NoSuchAccount" };
    const key = this.#table.keys.get(id);
    return key?.account === account ? { ok: true, key } : { ok: false, reason: "NoSuchKey" };
  }

  /** Logs failures and does not throw: a full disk must not end the process because of a time of last use. */
  async #flushUses(): Promise<void> {
    const used = [...this.#used];
    this.#used.clear();
    if (used.length === 0) return;
    try {
      await this.#journal.commit(() =>
        used.flatMap((id) => {
          const lastUsed = this.#table.keys.get(id)?.lastUsed;
          return lastUsed ? [{ t: "key-use" as const, id, lastUsed }] : [];
        }),
      );
    } catch (err) {
      for (const id of used) this.#used.add(id);
      logger.error({ err }, "the times of last use could not be written");
    }
  }
}

function isSame(known: Key, input: NewKey): boolean {
  return (
    known.account === input.account && known.access === input.access && known.secret.reveal() === input.secret.reveal()
  );
}
