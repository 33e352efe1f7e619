import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import type { AccessKey } from "../fixtures/access-key";
import type { PortalFacts } from "../fixtures/portal";
import type { Rig } from "@/testing/rig/rig";
import { type HttpAnswer, sendHttp, sendSigned } from "./signed-http";

/** A storage system: its own admin calls, and its region in the portal. */
export interface Backend {
  title: string;
  region: string;
  signingRegion: string;
  gateways: string[];
  createAccount: (account: string) => Promise<void>;
  createKey: (account: string, accessKeyId: string) => Promise<AccessKey>;
  deleteKey: (account: string, accessKeyId: string) => Promise<void>;
}

export function createKeyId(): string {
  return `B${randomBytes(10).toString("hex").toUpperCase()}`.slice(0, 20);
}

/** The built-in server of the portal. */
export async function openBuiltin(portal: PortalFacts): Promise<Backend> {
  const [region] = portal.regions;
  if (!region) throw new Error("the portal has no region");
  const secrets = JSON.parse(await readFile(join(portal.dataDir, "secrets.json"), "utf8")) as {
    LATCHKEY_S3_ADMIN_TOKEN: string;
  };
  const headers = { authorization: `Bearer ${secrets.LATCHKEY_S3_ADMIN_TOKEN}`, "content-type": "application/json" };
  const accounts = `http://127.0.0.1:${await findAdminPort(portal)}/v1/regions/${region.name}/accounts`;
  const call = async (method: string, path: string, body?: object) =>
    expectSuccess(await sendHttp(method, new URL(`${accounts}/${path}`), headers, body && JSON.stringify(body)));
  return {
    title: "Built-in server",
    region: region.name,
    signingRegion: region.signingRegion,
    gateways: [region.endpoint],
    createAccount: async (account) => void (await call("PUT", account, { displayName: account })),
    async createKey(account, accessKeyId) {
      const secretAccessKey = randomBytes(20).toString("hex");
      await call("PUT", `${account}/keys/${accessKeyId}`, { secretAccessKey });
      return { accessKeyId, secretAccessKey };
    },
    deleteKey: async (account, id) => void (await call("DELETE", `${account}/keys/${id}`)),
  };
}

async function findAdminPort(portal: PortalFacts): Promise<number> {
  const log = await readFile(join(portal.dataDir, "up.log"), "utf8");
  const admin = /"admin":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(log)?.[1];
  if (!admin) throw new Error("the built-in server did not say where its admin API is");
  return Number(admin);
}

/** A real Ceph, as the portal's region `ceph`. The portal verifies and measures keys at every gateway. */
export async function openCeph(portal: PortalFacts, rig: Rig): Promise<Backend> {
  const signingRegion = "default";
  const gateways = rig.gateways.map(({ endpoint }) => endpoint);
  const flags = [
    ...["--provider", "ceph-rgw", "--endpoint", gateways[0] ?? "", "--signing-region", signingRegion],
    ...["--admin-url", rig.adminUrl, "--access-key-id", rig.admin.accessKeyId, "--gateway", ...gateways],
  ];
  await runAdmin(portal, ["region", "create", "ceph", ...flags], rig.admin.secretAccessKey);
  const call = async (method: string, query: string) =>
    expectSuccess(await sendSigned(method, new URL(`/admin/user?${query}`, rig.adminUrl), rig.admin, signingRegion));
  return {
    title: `Ceph RGW, ${gateways.length} gateways`,
    region: "ceph",
    signingRegion,
    gateways,
    createAccount: async (account) =>
      void (await call("PUT", `display-name=${account}&generate-key=false&uid=${account}`)),
    async createKey(account, id) {
      const made = await call("PUT", `access-key=${id}&generate-key=true&key=&key-type=s3&uid=${account}`);
      const keys = JSON.parse(made) as { access_key: string; secret_key: string }[];
      const key = keys.find(({ access_key: accessKeyId }) => accessKeyId === id);
      if (!key) throw new Error(`the storage system did not make ${id}`);
      return { accessKeyId: id, secretAccessKey: key.secret_key };
    },
    deleteKey: async (account, id) => void (await call("DELETE", `access-key=${id}&key=&key-type=s3&uid=${account}`)),
  };
}

/** Returns the body. */
function expectSuccess({ status, body }: HttpAnswer): string {
  if (status < 200 || status > 299) throw new Error(`the storage system answered ${status}: ${body.slice(0, 200)}`);
  return body;
}
