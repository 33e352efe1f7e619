export type KeyState = "active" | "inactive";

export interface LastUse {
  /** Milliseconds since the epoch. */
  at: number;
  address: string;
  userAgent: string;
}

/** What the accounts journal of a region holds. Old journals are replayed: forms may be added, never changed. */
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
      /** The key's tag. Journals have called it so from the start. */
      marker?: string;
      notAfter?: number;
      lastUsed?: LastUse;
    }
  | { t: "key-change"; id: string; state: KeyState; notAfter?: number }
  | { t: "key-use"; id: string; lastUsed: LastUse }
  | { t: "key-gone"; id: string };
