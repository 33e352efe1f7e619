import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import path from "node:path";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { createAdminHandler } from "./admin/handler";
import type { BuiltinS3Config } from "./config";
import { createHandler } from "./http/handler";
import { createListener, listen, stopListening } from "./http/listener";
import { createLostHandler } from "./http/lost-handler";
import { lockFolder } from "./lock";
import { closeRegion, type LostRegion, openRegion, type Region } from "./region";

const GRACE_MS = 5000;
const EXPIRE_EVERY_MS = 3_600_000;
const LOOPBACK = "127.0.0.1";

export interface BuiltinS3 {
  regions: StartedRegion[];
  adminUrl: string;
  /** Waits for running requests (5 s at most), writes everything, and frees the ports and the data folder. */
  close(): Promise<void>;
}

/** `store` is the id of the region's store; `lost` says why the region has none. One of the two is there. */
export interface StartedRegion {
  name: string;
  endpoint: string;
  signingRegion: string;
  store?: string;
  lost?: string;
}

/**
 * Starts the built-in S3 server: a listener for each region and the admin listener on loopback. Port 0 takes any
 * free port. Throws an AppError when a port is taken, when another process owns the data folder, and when the data
 * folder cannot be written to. A region whose folder does not hold the expected store is lost: it answers 503.
 */
export async function startBuiltinS3(config: BuiltinS3Config): Promise<BuiltinS3> {
  try {
    return await start(config);
  } catch (reason) {
    throw explainFolder(reason) ?? reason;
  }
}

/** The system's codes for a file that may not be written, or not there. */
const UNWRITABLE = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "ENOSPC"];

/** One sentence that names the folder, for an error of the file system. Undefined for every other error. */
function explainFolder(reason: unknown): AppError | undefined {
  if (!(reason instanceof Error) || !("code" in reason) || !("path" in reason)) return undefined;
  const code = String(reason.code);
  if (!UNWRITABLE.includes(code)) return undefined;
  const folder = path.dirname(String(reason.path));
  return new AppError("BAD_INPUT", `the folder ${folder} cannot be written to (${code}): make it writable`);
}

async function start(config: BuiltinS3Config): Promise<BuiltinS3> {
  const folder = path.join(config.dataDir, "s3");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder);
  const regions = new Map<string, Region | LostRegion>();
  const listOpen = () => [...regions.values()].flatMap((region) => ("lost" in region ? [] : [region]));
  const servers: Server[] = [];
  const expiry = setInterval(() => {
    for (const region of listOpen()) {
      region.store.expireUploads(Date.now()).catch((err: unknown) => logger.error({ err }, "cannot expire uploads"));
    }
  }, EXPIRE_EVERY_MS);
  const close = async () => {
    clearInterval(expiry);
    await Promise.all(servers.map((server) => stopListening(server, GRACE_MS)));
    for (const region of listOpen()) await closeRegion(region);
    await lock.release();
  };
  try {
    const endpoints: BuiltinS3["regions"] = [];
    const keys = [config.masterKey, ...(config.formerKeys ?? [])] as const;
    for (const { name, signingRegion, store: expected = "any" } of config.regions)
      regions.set(name, await openRegion({ dataDir: config.dataDir, name, signingRegion, expected }, keys));
    for (const { name, port, signingRegion } of config.regions) {
      const region = regions.get(name);
      if (!region) continue;
      const server = createListener("lost" in region ? createLostHandler() : createHandler(region));
      const bound = await listen(server, port, config.host, `the S3 endpoint of region ${name}`);
      servers.push(server);
      const found = "lost" in region ? { lost: region.lost } : { store: region.storeId };
      endpoints.push({ name, endpoint: `http://${publicHost(config.host)}:${bound}`, signingRegion, ...found });
    }
    const admin = createListener(createAdminHandler(regions, config.adminToken));
    const adminPort = await listen(admin, config.adminPort, LOOPBACK, "the admin API of the built-in S3 server");
    servers.push(admin);
    return { regions: endpoints, adminUrl: `http://${LOOPBACK}:${adminPort}`, close };
  } catch (reason) {
    await close();
    throw reason;
  }
}

/**
 * The host of the endpoint for clients. A wildcard is no address to connect to; and for an IP address, unlike a name,
 * SDKs use path-style requests.
 */
function publicHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "localhost") return LOOPBACK;
  return host.includes(":") ? `[${host}]` : host;
}
