import type { Secret } from "@/lib/platform/secret";
import type { Ledger } from "../store/journal";
import type { AccessLevel, AccountRecord, KeyState, LastUse } from "./records";

export interface Account {
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: number;
}

export interface Key {
  readonly accessKeyId: string;
  readonly account: string;
  readonly secret: Secret;
  readonly createdAt: number;
  readonly tag?: string;
  readonly access: AccessLevel;
  state: KeyState;
  notAfter?: number;
  lastUsed?: LastUse;
}

/** The accounts and keys in memory, built from the records of the journal. */
export class AccountTable implements Ledger<AccountRecord> {
  readonly accounts = new Map<string, Account>();
  readonly keys = new Map<string, Key>();
  readonly #sealed = new Map<string, string>();
  readonly #open: (sealed: string, account: string, id: string) => Secret;

  constructor(open: (sealed: string, account: string, id: string) => Secret) {
    this.#open = open;
  }

  reset(): void {
    this.accounts.clear();
    this.keys.clear();
    this.#sealed.clear();
  }

  apply(record: AccountRecord): void {
    switch (record.t) {
      case "account":
        this.accounts.set(record.id, { id: record.id, displayName: record.displayName, createdAt: record.createdAt });
        return;
      case "key": {
        const { id, account, sealed, state, createdAt, marker: tag, notAfter, lastUsed, access } = record;
        this.keys.set(id, {
          accessKeyId: id,
          account,
          secret: this.#open(sealed, account, id),
          createdAt,
          tag,
          access: access ?? "full",
          state,
          notAfter,
          lastUsed,
        });
        this.#sealed.set(id, sealed);
        return;
      }
      case "key-change": {
        const key = this.keys.get(record.id);
        if (!key) return;
        key.state = record.state;
        key.notAfter = record.notAfter;
        return;
      }
      case "key-use": {
        const key = this.keys.get(record.id);
        if (key) key.lastUsed = record.lastUsed;
        return;
      }
      case "key-gone":
        this.keys.delete(record.id);
        this.#sealed.delete(record.id);
    }
  }

  /** Seals again, in memory, the secrets for which `isFormer` is true. The caller rewrites the journal then. */
  reseal(isFormer: (sealed: string) => boolean, seal: (key: Key) => string): void {
    for (const [id, sealed] of this.#sealed) {
      const key = this.keys.get(id);
      if (key && isFormer(sealed)) this.#sealed.set(id, seal(key));
    }
  }

  *snapshot(): Iterable<AccountRecord> {
    for (const account of this.accounts.values()) yield { t: "account", ...account };
    for (const key of this.keys.values()) {
      const { accessKeyId: id, account, state, createdAt, tag, notAfter, lastUsed, access } = key;
      const sealed = this.#sealed.get(id) ?? "";
      yield { t: "key", id, account, sealed, state, createdAt, marker: tag, notAfter, lastUsed, access };
    }
  }

  size(): number {
    return this.accounts.size + this.keys.size;
  }

  durable(): void {
    // These records refer to no other files.
  }
}
