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

/** The master keys of before, once the master key has been replaced. */
const FORMER = "LATCHKEY_MASTER_KEY_FORMER";

const Stored = z.partialRecord(z.enum([...NAMES, FORMER]), z.string());
type Stored = z.infer<typeof Stored>;

/**
 * The secrets of this installation: those from the settings, and for the others random ones that are made on the first
 * call and kept in the data folder (mode 0600). Throws BAD_INPUT when the file is damaged.
 */
export function ensureSecrets(plan: PlannedSettings): Record<string, string> {
  const stored = readStoredSecrets(plan.LATCHKEY_DATA_DIR);
  const missing = NAMES.filter((name) => plan[name] === undefined && stored[name] === undefined);
  if (missing.length > 0) {
    for (const name of missing) stored[name] = drawSecret();
    writeStoredSecrets(plan.LATCHKEY_DATA_DIR, stored);
  }
  const secrets = Object.fromEntries(NAMES.map((name) => [name, plan[name] ?? stored[name] ?? ""]));
  // A random key from before the operator set one may still be needed to decrypt something.
  const keys = [...splitList(plan[FORMER]), stored.LATCHKEY_MASTER_KEY ?? "", ...splitList(stored[FORMER] ?? "")];
  const former = new Set(keys.filter((key) => key !== "" && key !== secrets.LATCHKEY_MASTER_KEY));
  return { ...secrets, ...(former.size > 0 ? { [FORMER]: [...former].join(",") } : {}) };
}

/** The secrets that neither the settings nor the data folder have. The next start draws them. */
export function listMissingSecrets(plan: PlannedSettings): string[] {
  const stored = readStoredSecrets(plan.LATCHKEY_DATA_DIR);
  return NAMES.filter((name) => plan[name] === undefined && stored[name] === undefined);
}

/** Random secrets that are kept nowhere. */
export function drawSecrets(): Record<string, string> {
  return Object.fromEntries(NAMES.map((name) => [name, drawSecret()]));
}

/** 32 random bytes in base64. */
export function drawSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64");
}

/** The path of the file that holds an installation's own secrets. */
export function pathOfSecrets(dataDir: string): string {
  return join(dataDir, FILE);
}

/** The secrets kept in this data folder. Throws BAD_INPUT when the file is damaged, without quoting the file. */
export function readStoredSecrets(dataDir: string): Stored {
  const path = pathOfSecrets(dataDir);
  if (!existsSync(path)) return {};
  const stored = Stored.safeParse(parseJson(readFileSync(path, "utf8"))).data;
  if (stored) return stored;
  const problem = `${path} is damaged. Restore it from a backup: without its keys nothing that they encrypted can be decrypted.`;
  throw new AppError("BAD_INPUT", problem, { userMessage: problem });
}

/** Replaces the kept secrets. After a crash the file holds either the old ones or these. */
export function writeStoredSecrets(dataDir: string, secrets: Stored): void {
  writePrivateFile(pathOfSecrets(dataDir), `${JSON.stringify(secrets, null, 2)}\n`);
}
