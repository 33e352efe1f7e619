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
}

const SERVER_ONLY = `import "server-only";\n`;
const ISSUE = "lib/access-keys/issue/issue-key.ts";
const CREATE = "lib/access-keys/issue/create.ts";
const LEASES = "lib/principals/mutations.ts";

const PUT_KEY =
  "provider.putKey({ principal, accessKeyId: change.accessKeyId, secretAccessKey, tag: change.keyId }, context)";
const HAND_OVER = `async function handOver(
  change: WrittenAhead,
  request: IssueRequest,
  delivery: Delivery,
): Promise<HandedOver | undefined> {
`;

export const MUTANTS: Record<string, Mutant> = {
  "no-write-ahead": {
    bug: "the key and its operation are in the database only after the storage system has answered",
    edits: [
      { file: CREATE, from: SERVER_ONLY, to: `${SERVER_ONLY}import { db } from "@/lib/platform/db/client";\n` },
      {
        file: CREATE,
        from: `return ${PUT_KEY};`,
        to: `const operation = await db.operation.delete({ where: { id: change.operationId } });
    const key = await db.accessKey.delete({ where: { id: change.keyId } });
    try {
      return await ${PUT_KEY};
    } finally {
      await db.accessKey.create({ data: key });
      await db.operation.create({ data: operation });
    }`,
      },
    ],
  },
  "no-fence": {
    bug: "everybody always has the lease",
    edits: [
      { file: LEASES, from: "if (!held) return false;", to: "if (!held) return true;" },
      { file: LEASES, from: "return held?.now;", to: "return held?.now ?? new Date();" },
      { file: LEASES, from: "const preempt = options.preempt ?? false;", to: "const preempt = true;" },
    ],
  },
  "early-commit": {
    bug: "a change is committed before the browser has acknowledged the new key",
    edits: [
      {
        file: ISSUE,
        from: SERVER_ONLY,
        to: `${SERVER_ONLY}import { acknowledgeSecret } from "@/lib/access-keys/issue/acknowledge";\n`,
      },
      {
        file: ISSUE,
        from: "  return act(written.change, request, delivery);\n",
        to: `  const issued = await act(written.change, request, delivery);
  if (issued.ok && issued.outcome === "issued") await acknowledgeSecret(request.scope, issued.change.operationId);
  return issued;
`,
      },
    ],
  },
  "late-commit": {
    bug: "a program's change is committed 2 s after the reply",
    edits: [
      {
        file: ISSUE,
        from: HAND_OVER,
        to: `${HAND_OVER}  if (delivery === "reply") {
    setTimeout(() => void commitForReply(change, request).catch(() => undefined), 2_000);
    return { revoking: [], lease: undefined };
  }
`,
      },
    ],
  },
};
