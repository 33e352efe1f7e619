import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../fixtures/portal";

/** A text of the sources and what a copy has in its place. Each must be there just so often. */
interface Substitution {
  file: string;
  times: number;
  from: string;
  to: string;
}

const ISSUE_PAIR = "lib/access-keys/mutations/issue-pair.ts";
const LEASES = "lib/principals/mutations.ts";

/** The file in a portal's data folder that switches a planted bug on. Sources without the bug do not look for it. */
export function markOfPlant(dataDir: string, name: string): string {
  return join(dataDir, `planted-${name}`);
}

const PLANTED = `import { existsSync } from "node:fs";
import { env } from "@/lib/platform/env";
export const planted = (name: string): boolean => existsSync(\`\${env.LATCHKEY_DATA_DIR}/planted-\${name}\`);
`;
const IMPORT = `import "server-only";\nimport { planted } from "@/lib/platform/planted";\n`;

/** Three ways to break the protocol, in one copy of the sources: building it is what takes the time. */
const SUBSTITUTIONS: Substitution[] = [
  { file: ISSUE_PAIR, times: 1, from: `import "server-only";\n`, to: `${IMPORT}import { acknowledgeSecret } from "@/lib/access-keys/mutations/acknowledge-secret";\n` },
  { file: LEASES, times: 1, from: `import "server-only";\n`, to: IMPORT },

  // No write-ahead: the key and its operation are in the database only once the storage system has answered.
  { file: ISSUE_PAIR, times: 1, from: `  let made = false;\n`, to: `  let made = false;\n  let unwritten: Awaited<ReturnType<typeof forget>>;\n` },
  { file: ISSUE_PAIR, times: 1, from: `    asked = true;\n`, to: `    asked = true;\n    unwritten = await forget(change);\n` },
  { file: ISSUE_PAIR, times: 1, from: `    made = true;\n`, to: `    made = true;\n    await remember(unwritten);\n    unwritten = undefined;\n` },
  { file: ISSUE_PAIR, times: 1, from: `  } catch (error) {\n`, to: `  } catch (error) {\n    await remember(unwritten);\n` },
  {
    file: ISSUE_PAIR,
    times: 1,
    from: `/** CREATING → ISSUED,`,
    to: `async function forget({ operationId, keyId }: WrittenAhead) {
  if (!planted("no-write-ahead")) return undefined;
  const operation = await db.operation.delete({ where: { id: operationId } });
  return { operation, key: await db.accessKey.delete({ where: { id: keyId } }) };
}

async function remember(unwritten: Awaited<ReturnType<typeof forget>>): Promise<void> {
  if (!unwritten) return;
  await db.accessKey.create({ data: unwritten.key });
  await db.operation.create({ data: unwritten.operation });
}

/** CREATING → ISSUED,`,
  },

  // No fence: everybody always has the lease.
  { file: LEASES, times: 2, from: `  return held !== undefined;\n`, to: `  return held !== undefined || planted("no-fence");\n` },
  { file: LEASES, times: 1, from: `options.preempt ?? false;\n`, to: `(options.preempt ?? false) || planted("no-fence");\n` },

  // Commit before acknowledgement: the old pair ends before anybody has the new one.
  {
    file: ISSUE_PAIR,
    times: 1,
    from: `  return act(written.change, request.requestId);\n`,
    to: `  const issued = await act(written.change, request.requestId);
  if (planted("early-commit") && issued.ok && issued.outcome === "issued") await acknowledgeSecret(request.scope, issued.change.operationId);
  return issued;
`,
  },
];

const LEFT_OUT = new Set([".git", ".next", ".data", "dist", "node_modules", "test-results"]);

/** Copies the sources into an empty folder and plants the bugs there. Throws where a place for one is not found. */
export function plantBugs(folder: string): void {
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(path.slice(ROOT.length).split("/")[0] ?? "") });
  // Next takes no packages from behind a link that leads out of its folder.
  const linked = spawnSync("cp", ["-al", join(ROOT, "node_modules"), join(folder, "node_modules")]);
  if (linked.status !== 0) cpSync(join(ROOT, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  if (existsSync(join(ROOT, ".next/cache"))) cpSync(join(ROOT, ".next/cache"), join(folder, ".next/cache"), { recursive: true });
  writeFileSync(join(folder, "lib/platform/planted.ts"), PLANTED);
  for (const substitution of SUBSTITUTIONS) substitute(folder, substitution);
}

function substitute(folder: string, { file, times, from, to }: Substitution): void {
  const path = join(folder, file);
  const parts = readFileSync(path, "utf8").split(from);
  if (parts.length !== times + 1) throw new Error(`${file} has not ${times} but ${parts.length - 1} times: ${from.trim()}`);
  writeFileSync(path, parts.join(to));
}
