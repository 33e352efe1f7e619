/** Replaces a text of one source file. The text must occur in the file exactly once. */
export interface Edit {
  file: string;
  from: string;
  to: string;
}

/** A bug in the protocol of a change of keys. The target of the same name (targets.ts) must find it. */
export interface Mutant {
  /** What the bug is, for the report. */
  bug: string;
  edits: Edit[];
  /** Whether the target makes all changes through the API, so that the bug need not be in the pages and their actions. */
  apiOnly?: true;
}

const CREATE = "lib/access-keys/issue/create.ts";
const DELIVER = "lib/access-keys/issue/deliver.ts";
const LEASE = "lib/principals/mutations.ts";

export const MUTANTS: Record<string, Mutant> = {
  "no-write-ahead": {
    bug: "the key and its operation are in the database only after the storage system has answered",
    edits: [
      {
        file: CREATE,
        from: `import "server-only";\n`,
        to: `import "server-only";\nimport { db } from "@/lib/platform/db/client";\n`,
      },
      {
        file: CREATE,
        from: `    sent.request = true;
    try {
`,
        to: `    sent.request = true;
    const operation = await db.operation.delete({ where: { id: change.operationId } });
    const key = await db.accessKey.delete({ where: { id: change.keyId } });
    try {
`,
      },
      {
        file: CREATE,
        from: `        return undefined;
      throw error;
    }
`,
        to: `        return undefined;
      throw error;
    } finally {
      await db.accessKey.create({ data: key });
      await db.operation.create({ data: operation });
    }
`,
      },
    ],
  },
  "no-fence": {
    bug: "everybody always has the lease",
    edits: [
      {
        file: LEASE,
        from: "if (!(await isLeaseHeld(db, principalId, fence))) return false;",
        to: "if (!(await isLeaseHeld(db, principalId, fence))) return true;",
      },
      { file: LEASE, from: "return stands ? { principal, now } : undefined;", to: "return { principal, now };" },
      {
        file: LEASE,
        from: 'if (holder) return { lease: "locked", holder };',
        to: 'if (holder && false) return { lease: "locked", holder };',
      },
    ],
  },
  "early-commit": {
    bug: "a change is committed before the browser has acknowledged the new key",
    edits: [
      {
        file: DELIVER,
        from: `async (change, lease) =>
  (await markIssued(change, lease)) ? { ok: true, revoking: [] } : { ok: false };`,
        to: `(change, lease, scope) => commitBeforeReply(change, lease, scope);`,
      },
    ],
  },
  "late-commit": {
    bug: "a program's change is committed 2 s after the reply",
    apiOnly: true,
    edits: [
      {
        file: DELIVER,
        from: `  const committed = await commitKey(scope, change.operationId);
  return committed.ok ? committed : { ok: false };`,
        to: `  setTimeout(() => void commitKey(scope, change.operationId).catch(() => undefined), 2_000);
  return { ok: true, revoking: [] };`,
      },
    ],
  },
};
