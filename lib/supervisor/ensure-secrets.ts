import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writePrivateFile } from "@/lib/database/write-private-file";
import type { PlannedSettings } from "@/lib/supervisor/resolve-settings";

const NAMES = ["LATCHKEY_MASTER_KEY", "LATCHKEY_SESSION_SECRET", "LATCHKEY_S3_ADMIN_TOKEN", "LATCHKEY_HEALTH_TOKEN"] as const;
const SECRET_BYTES = 32;

const Stored = z.partialRecord(z.enum(NAMES), z.string());

/** The secrets of this installation: those the operator gave, else those drawn once and kept (0600) in the data folder. */
export function ensureSecrets(plan: PlannedSettings): Record<string, string> {
  const path = join(plan.LATCHKEY_DATA_DIR, "secrets.json");
  const stored = existsSync(path) ? Stored.parse(JSON.parse(readFileSync(path, "utf8"))) : {};
  const missing = NAMES.filter((name) => plan[name] === undefined && stored[name] === undefined);
  if (missing.length > 0) {
    for (const name of missing) stored[name] = randomBytes(SECRET_BYTES).toString("base64");
    writePrivateFile(path, `${JSON.stringify(stored, null, 2)}\n`);
  }
  return Object.fromEntries(NAMES.map((name) => [name, plan[name] ?? stored[name] ?? ""]));
}
