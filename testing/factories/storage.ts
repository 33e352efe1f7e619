import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultProxy, startFaultProxy } from "@/testing/proxies/fault-proxy";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { Secret } from "@/lib/platform/secret";
import { syncBuiltinRegions } from "@/prisma/first-run";
import type { PrismaClient } from "@/prisma/generated/client";

export interface Storage {
  regions: { name: string; endpoint: string; signingRegion: string }[];
  /** Faults between the portal and the admin API; the S3 endpoints are reached directly. */
  admin: FaultProxy;
  /** The access key ids of a principal, read past the portal. */
  readKeyIds: (region: string, principal: string) => Promise<string[]>;
  /** Makes a key past the portal, as a write that lands late would. */
  putKeyDirectly: (region: string, principal: string, accessKeyId: string, secret: string) => Promise<void>;
  /** Changes a key past the portal. */
  patchKeyDirectly: (region: string, principal: string, accessKeyId: string, change: object) => Promise<void>;
  /** Removes a key past the portal. Its secret is lost. */
  removeKeyDirectly: (region: string, principal: string, accessKeyId: string) => Promise<void>;
  stop: () => Promise<void>;
}

/** A real built-in server with the regions `north` and `south`, entered in the database. */
export async function startStorage(database: PrismaClient, masterKey: Buffer): Promise<Storage> {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-storage-"));
  const token = randomBytes(24).toString("base64url");
  const server = await startBuiltinS3({
    dataDir,
    host: "127.0.0.1",
    regions: ["north", "south"].map((name) => ({ name, port: 0, signingRegion: `${name}-1` })),
    adminPort: 0,
    adminToken: new Secret(token),
    masterKey,
  });
  const admin = await startFaultProxy(server.adminUrl);
  const regions = server.regions.map(({ name, endpoint, signingRegion }) => ({ name, endpoint, signingRegion }));
  await syncBuiltinRegions(
    database,
    regions.map((region) => ({ ...region, gateway: region.endpoint, adminUrl: admin.url })),
    new Secret(token),
    masterKey,
  );
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${server.adminUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
  return {
    regions,
    admin,
    async readKeyIds(region, principal) {
      const reply = await call(`/v1/regions/${region}/accounts/${principal}/keys`);
      if (reply.status === 404) return [];
      const { keys } = (await reply.json()) as { keys: { accessKeyId: string }[] };
      return keys.map((key) => key.accessKeyId);
    },
    async putKeyDirectly(region, principal, accessKeyId, secret) {
      const body = JSON.stringify({ secretAccessKey: secret });
      const path = `/v1/regions/${region}/accounts/${principal}/keys/${accessKeyId}`;
      const reply = await call(path, { method: "PUT", body });
      if (!reply.ok) throw new Error(`the key could not be put: ${reply.status}`);
    },
    async patchKeyDirectly(region, principal, accessKeyId, change) {
      const path = `/v1/regions/${region}/accounts/${principal}/keys/${accessKeyId}`;
      const reply = await call(path, { method: "PATCH", body: JSON.stringify(change) });
      if (!reply.ok) throw new Error(`the key could not be changed: ${reply.status}`);
    },
    async removeKeyDirectly(region, principal, accessKeyId) {
      const path = `/v1/regions/${region}/accounts/${principal}/keys/${accessKeyId}`;
      const reply = await call(path, { method: "DELETE" });
      if (!reply.ok) throw new Error(`the key could not be removed: ${reply.status}`);
    },
    async stop() {
      await admin.close();
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
