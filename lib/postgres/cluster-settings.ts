import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { writePrivateFile } from "@/lib/platform/config/write-private-file";

const ClusterSettings = z.object({
  port: z.int().min(1).max(65535),
  superuserPassword: z.string().min(1),
  password: z.string().min(1),
});

/** What an embedded database needs to know again at its next start. */
export type ClusterSettings = z.infer<typeof ClusterSettings>;

/** Below the range from which systems draw the ports of outgoing connections. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const PORT_TRIES = 50;

export const LOOPBACK = "127.0.0.1";
export const APPLICATION = "latchkey";
export const SUPERUSER = "postgres";

/** The settings of the data folder's database; made and written (0600) when there are none. */
export async function ensureClusterSettings(dataDir: string): Promise<ClusterSettings> {
  const found = readClusterSettings(dataDir);
  if (found) return found;
  const made = { port: await findFreePort(), superuserPassword: drawPassword(), password: drawPassword() };
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

/** A loopback port that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isPortFree(port, LOOPBACK)) return port;
  }
  throw new Error(`no free port found between ${FIRST_PORT} and ${LAST_PORT}`);
}

/** Whether a server could listen there now. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function drawPassword(): string {
  return randomBytes(24).toString("base64url");
}
