import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writePrivateFile } from "@/lib/platform/config/write-private-file";
import { AppError } from "@/lib/platform/errors";
import { parseJson } from "@/lib/platform/text/parse-json";
import { splitList } from "@/lib/platform/text/split-list";
import type { PlannedSettings } from "@/lib/platform/config/resolve-settings";

const NAMES = [
  "LATCHKEY_MASTER_KEY",
  "LATCHKEY_SESSION_SECRET",
  "LATCHKEY_S3_ADMIN_TOKEN",
  "LATCHKEY_HEALTH_TOKEN",
] as const;
const SECRET_BYTES = 32;
const FILE = "secrets.json";

/** Kept beside them once the master key has been replaced. */
const FORMER = "LATCHKEY_MASTER_KEY_FORMER";

const Stored = z.partialRecord(z.enum([...NAMES, FORMER]), z.string());
type Stored = z.infer<typeof Stored>;

/**
 * The secrets of this installation: those the operator gave, else those drawn once and kept (0600) in the data folder.
 */
export function ensureSecrets(plan: PlannedSettings): Record<string, string> {
  const stored = readStoredSecrets(plan.LATCHKEY_DATA_DIR);
  const missing = NAMES.filter((name) => plan[name] === undefined && stored[name] === undefined);
  if (missing.length > 0) {
    for (const name of missing) stored[name] = drawSecret();
    writeStoredSecrets(plan.LATCHKEY_DATA_DIR, stored);
  }
  const secrets = Object.fromEntries(NAMES.map((name) => [name, plan[name] ?? stored[name] ?? ""]));
  // Also those drawn before the operator gave a key of their own: they may have sealed something.
  const keys = [...splitList(plan[FORMER]), stored.LATCHKEY_MASTER_KEY ?? "", ...splitList(stored[FORMER] ?? "")];
  const former = new Set(keys.filter((key) => key !== "" && key !== secrets.LATCHKEY_MASTER_KEY));
  return { ...secrets, ...(former.size > 0 ? { [FORMER]: [...former].join(",") } : {}) };
}

export function drawSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64");
}

/** The file in which they are kept. */
export function pathOfSecrets(dataDir: string): string {
  return join(dataDir, FILE);
}

/** What was drawn for this data folder. Throws BAD_INPUT, without a word of the file, when it is damaged. */
export function readStoredSecrets(dataDir: string): Stored {
  const path = pathOfSecrets(dataDir);
  if (!existsSync(path)) return {};
  const stored = Stored.safeParse(parseJson(readFileSync(path, "utf8"))).data;
  if (stored) return stored;
  const problem = `${path} is damaged: put it back from a backup, since nothing else opens what its keys sealed.`;
  throw new AppError("BAD_INPUT", problem, { userMessage: problem });
}

/** Whole or not at all: a crash leaves the former ones or these. */
export function writeStoredSecrets(dataDir: string, secrets: Stored): void {
  writePrivateFile(pathOfSecrets(dataDir), `${JSON.stringify(secrets, null, 2)}\n`);
}
