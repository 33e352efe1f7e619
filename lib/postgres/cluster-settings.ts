import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { findFreePort } from "@/lib/platform/net/ports";
import { writePrivateFile } from "@/lib/platform/config/write-private-file";

const ClusterSettings = z.object({
  port: z.int().min(1).max(65535),
  superuserPassword: z.string().min(1),
  password: z.string().min(1),
});

/** The port and the passwords of an embedded database, kept from one start to the next. */
export type ClusterSettings = z.infer<typeof ClusterSettings>;

/** The only address on which an embedded PostgreSQL listens. */
export const LOOPBACK = "127.0.0.1";
/** The name of the application's role and of its database. */
export const APPLICATION = "latchkey";
export const SUPERUSER = "postgres";

/**
 * Returns the settings of the data folder's database. When there are none, chooses a free port, draws passwords and
 * writes them (mode 0600). Throws when the stored settings are damaged.
 */
export async function ensureClusterSettings(dataDir: string): Promise<ClusterSettings> {
  const found = readClusterSettings(dataDir);
  if (found) return found;
  const made = { port: await findFreePort(LOOPBACK), superuserPassword: drawPassword(), password: drawPassword() };
  writeClusterSettings(dataDir, made);
  return made;
}

/**
 * Returns the settings of the data folder's database, or undefined when there are none. Throws when they are damaged.
 */
export function readClusterSettings(dataDir: string): ClusterSettings | undefined {
  const path = join(dataDir, "database.json");
  return existsSync(path) ? ClusterSettings.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
}

/** Writes the settings of the data folder's database, readable by their owner only (mode 0600). */
export function writeClusterSettings(dataDir: string, settings: ClusterSettings): void {
  writePrivateFile(join(dataDir, "database.json"), `${JSON.stringify(settings, null, 2)}\n`);
}

/** The URL of the application's database, or of another database of the same cluster. It holds the password. */
export function toDatabaseUrl(settings: ClusterSettings, database: string = APPLICATION): string {
  return `postgresql://${APPLICATION}:${settings.password}@${LOOPBACK}:${settings.port}/${database}`;
}

function drawPassword(): string {
  return randomBytes(24).toString("base64url");
}
