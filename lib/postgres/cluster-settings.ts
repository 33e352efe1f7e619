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

/** What an embedded database needs to know again at its next start. */
export type ClusterSettings = z.infer<typeof ClusterSettings>;

export const LOOPBACK = "127.0.0.1";
export const APPLICATION = "latchkey";
export const SUPERUSER = "postgres";

/** The settings of the data folder's database; made and written (0600) when there are none. */
export async function ensureClusterSettings(dataDir: string): Promise<ClusterSettings> {
  const found = readClusterSettings(dataDir);
  if (found) return found;
  const made = { port: await findFreePort(LOOPBACK), superuserPassword: drawPassword(), password: drawPassword() };
  writeClusterSettings(dataDir, made);
  return made;
}

/** The settings of the data folder's database, or undefined when it has none yet. */
export function readClusterSettings(dataDir: string): ClusterSettings | undefined {
  const path = join(dataDir, "database.json");
  return existsSync(path) ? ClusterSettings.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
}

export function writeClusterSettings(dataDir: string, settings: ClusterSettings): void {
  writePrivateFile(join(dataDir, "database.json"), `${JSON.stringify(settings, null, 2)}\n`);
}

/** The URL under which the application reaches its database, or another one of the same cluster. */
export function toDatabaseUrl(settings: ClusterSettings, database: string = APPLICATION): string {
  return `postgresql://${APPLICATION}:${settings.password}@${LOOPBACK}:${settings.port}/${database}`;
}

function drawPassword(): string {
  return randomBytes(24).toString("base64url");
}
