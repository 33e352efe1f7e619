import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../fixtures/portal";

/** A text of the sources and what a copy has in its place. It must be there once. */
interface Substitution {
  file: string;
  from: string;
  to: string;
}

const ISSUE_PAIR = "lib/access-keys/mutations/issue-pair.ts";
const PUT_PAIR = "lib/access-keys/mutations/put-pair.ts";
const LEASES = "lib/principals/mutations.ts";

/** The file in a portal's data folder that switches a planted bug on. Sources without the bug do not look for it. */
export function markOfPlant(dataDir: string, name: string): string {
  return join(dataDir, `planted-${name}`);
}

/** What the planted bugs are made of. */
const PLANTED = `import { existsSync } from "node:fs";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";

export const planted = (name: string): boolean => existsSync(\`\${env.LATCHKEY_DATA_DIR}/planted-\${name}\`);

export async function unwritten<T>(change: { operationId: string; keyId: string }, work: () => Promise<T>): Promise<T> {
  if (!planted("no-write-ahead")) return work();
  const operation = await db.operation.delete({ where: { id: change.operationId } });
  const key = await db.accessKey.delete({ where: { id: change.keyId } });
  try {
    return await work();
  } finally {
    await db.accessKey.create({ data: key });
    await db.operation.create({ data: operation });
  }
}
`;
const SERVER_ONLY = `import "server-only";\n`;
const MAKES_PAIR =
  "provider.putKey({ principal, accessKeyId: change.accessKeyId, secretAccessKey, tag: change.keyId }, context)";

const HANDS_OVER =
  "async function handOver(change: WrittenAhead, request: IssueRequest, delivery: Delivery): Promise<HandedOver | undefined> {\n";

/** Ways to break the protocol, in one copy of the sources: building it is what takes the time. */
const SUBSTITUTIONS: Substitution[] = [
  // No write-ahead: the key and its operation are in the database only once the storage system has answered.
  { file: PUT_PAIR, from: SERVER_ONLY, to: `${SERVER_ONLY}import { unwritten } from "@/lib/platform/planted";\n` },
  { file: PUT_PAIR, from: `return ${MAKES_PAIR};`, to: `return unwritten(change, () => ${MAKES_PAIR});` },

  // No fence: everybody always has the lease.
  { file: LEASES, from: SERVER_ONLY, to: `${SERVER_ONLY}import { planted } from "@/lib/platform/planted";\n` },
  { file: LEASES, from: "if (!held) return false;", to: `if (!held) return planted("no-fence");` },
  {
    file: LEASES,
    from: "return held?.now;",
    to: `return held?.now ?? (planted("no-fence") ? new Date() : undefined);`,
  },
  { file: LEASES, from: "options.preempt ?? false;", to: `(options.preempt ?? false) || planted("no-fence");` },

  // Commit before acknowledgement: the old pair ends before anybody has the new one.
  {
    file: ISSUE_PAIR,
    from: SERVER_ONLY,
    to: `${SERVER_ONLY}import { acknowledgeSecret } from "@/lib/access-keys/issue/acknowledge";
import { planted } from "@/lib/platform/planted";\n`,
  },
  {
    file: ISSUE_PAIR,
    from: "  return act(written.change, request, delivery);\n",
    to: `  const issued = await act(written.change, request, delivery);
  if (planted("early-commit") && issued.ok && issued.outcome === "issued") await acknowledgeSecret(request.scope, issued.change.operationId);
  return issued;
`,
  },

  // Commit after the reply: a program has a pair that does not count yet.
  {
    file: ISSUE_PAIR,
    from: HANDS_OVER,
    to: `${HANDS_OVER}  if (delivery === "reply" && planted("late-commit")) {
    setTimeout(() => void commitForReply(change, request).catch(() => undefined), 2_000);
    return { revoking: [], lease: undefined };
  }
`,
  },
];

const LEFT_OUT = new Set([".git", ".next", ".data", "dist", "node_modules", "test-results"]);

/** Copies the sources into an empty folder and plants the bugs there. Throws where a place for one is not found. */
export function plantBugs(folder: string): void {
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(path.slice(ROOT.length).split("/")[0] ?? ""),
  });
  // Next takes no packages from behind a link that leads out of its folder.
  const linked = spawnSync("cp", ["-al", join(ROOT, "node_modules"), join(folder, "node_modules")]);
  if (linked.status !== 0)
    cpSync(join(ROOT, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  if (existsSync(join(ROOT, ".next/cache")))
    cpSync(join(ROOT, ".next/cache"), join(folder, ".next/cache"), { recursive: true });
  writeFileSync(join(folder, "lib/platform/planted.ts"), PLANTED);
  for (const substitution of SUBSTITUTIONS) substitute(folder, substitution);
}

function substitute(folder: string, { file, from, to }: Substitution): void {
  const path = join(folder, file);
  const parts = readFileSync(path, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`${file} has not once but ${parts.length - 1} times: ${from.trim()}`);
  writeFileSync(path, parts.join(to));
}
