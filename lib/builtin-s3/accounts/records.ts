export type KeyState = "active" | "inactive";

/** What a key may do. A read-only key may only GET and HEAD. */
export type AccessLevel = "full" | "read-only";

export interface LastUse {
  /** Milliseconds since the epoch. */
  at: number;
  address: string;
  userAgent: string;
}

/** The records in the accounts journal of a region. Old journals are replayed: forms may be added, never changed. */
export type AccountRecord =
  | { t: "account"; id: string; displayName: string; createdAt: number }
  | {
      t: "key";
      id: string;
      account: string;
      /** The secret, sealed with the master key, in base64. */
      sealed: string;
      state: KeyState;
      createdAt: number;
      /** The key's tag, under the name that it has always had in journals. */
      marker?: string;
      notAfter?: number;
      lastUsed?: LastUse;
      /** Full where it is absent, as in old journals. */
      access?: AccessLevel;
    }
  | { t: "key-change"; id: string; state: KeyState; notAfter?: number }
  | { t: "key-use"; id: string; lastUsed: LastUse }
  | { t: "key-gone"; id: string };
