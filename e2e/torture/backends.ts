import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import type { OwnPortal } from "../fixtures/own-portal";
import { runRadosgwAdmin } from "../rig/ceph";
import type { Rig } from "../rig/rig";
import { startTcpProxy, type TcpProxy } from "../rig/tcp-proxy";

/** A key as its storage system lists it. */
export interface ListedKey {
  accessKeyId: string;
  /** The storage system's name for the project. */
  principal: string;
}

/** A region's storage system, with proxies between it and the portal. The storm's own eyes look past them. */
export interface Backend {
  region: string;
  signingRegion: string;
  /** Its S3 addresses, without a proxy between. */
  gateways: string[];
  proxies: { name: string; proxy: TcpProxy }[];
  /** Every key of the portal's users, read without the portal's code. */
  listKeys: () => Promise<ListedKey[]>;
  /** The access key id that a write names, as the proxy of the admin interface saw it; undefined for other writes. */
  keyPutBy: (method: string, path: string) => string | undefined;
}

/** Puts proxies in front of the regions of the server that comes along. */
export async function addBuiltinBackends(portal: OwnPortal): Promise<Backend[]> {
  const { S3_PORT } = portal.facts.environment;
  const adminUrl = `http://127.0.0.1:${Number(S3_PORT) + 2}`;
  const secrets = JSON.parse(readFileSync(join(portal.facts.dataDir, "secrets.json"), "utf8")) as Record<string, string>;
  const token = secrets.LATCHKEY_S3_ADMIN_TOKEN ?? "";
  const backends: Backend[] = [];
  for (const region of portal.facts.regions) backends.push(await addBuiltinBackend(portal, region, adminUrl, token));
  return backends;
}

async function addBuiltinBackend(
  portal: OwnPortal,
  { name, endpoint, signingRegion }: { name: string; endpoint: string; signingRegion: string },
  adminUrl: string,
  token: string,
): Promise<Backend> {
  const [admin, gateway] = await Promise.all([startTcpProxy(adminUrl), startTcpProxy(endpoint)]);
  await runAdmin(portal.facts, ["region", "change", name, "--admin-url", admin.url, "--gateway", gateway.url]);
  const ask = async <T>(path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, connection: "close" };
    const reply = await fetch(`${adminUrl}/v1/regions/${name}${path}`, { headers, signal: AbortSignal.timeout(5_000) });
    if (!reply.ok) throw new Error(`the built-in server answered ${reply.status}`);
    return (await reply.json()) as T;
  };
  return {
    region: name,
    signingRegion,
    gateways: [endpoint],
    proxies: [
      { name: `${name} admin`, proxy: admin },
      { name: `${name} gateway`, proxy: gateway },
    ],
    async listKeys() {
      const { accounts, next } = await ask<{ accounts: { id: string }[]; next?: string }>("/accounts?limit=500");
      if (next) throw new Error("more accounts than the storm makes");
      const lists = await Promise.all(
        accounts.map(async ({ id }) => {
          const { keys } = await ask<{ keys: { accessKeyId: string }[] }>(`/accounts/${id}/keys`);
          return keys.map(({ accessKeyId }) => ({ accessKeyId, principal: id }));
        }),
      );
      return lists.flat();
    },
    keyPutBy: (method, path) => (method === "PUT" ? /\/keys\/([^/?]+)$/.exec(path)?.[1] : undefined),
  };
}

/** Makes the region `ceph` of a rig, with a proxy in front of each gateway and of the admin interface. */
export async function addCephBackend(portal: OwnPortal, rig: Rig): Promise<Backend> {
  const region = "ceph";
  const signingRegion = "default";
  const endpoints = rig.gateways.map(({ endpoint }) => endpoint);
  const [admin, ...gateways] = await Promise.all([rig.adminUrl, ...endpoints].map((target) => startTcpProxy(target)));
  if (!admin) throw new Error("there is no proxy");
  const flags = [
    ...["--provider", "ceph-rgw", "--endpoint", endpoints[0] ?? "", "--signing-region", signingRegion],
    ...["--admin-url", admin.url, "--access-key-id", rig.admin.accessKeyId, "--gateway", ...gateways.map(({ url }) => url)],
  ];
  await runAdmin(portal.facts, ["region", "create", region, ...flags], rig.admin.secretAccessKey);
  const ask = async <T>(args: string[]) => JSON.parse(await runRadosgwAdmin(rig.options.folder, args)) as T;
  return {
    region,
    signingRegion,
    gateways: endpoints,
    proxies: [{ name: "ceph admin", proxy: admin }, ...gateways.map((proxy, index) => ({ name: `ceph gateway ${index + 1}`, proxy }))],
    async listKeys() {
      const uids = (await ask<string[]>(["user", "list"])).filter((uid) => uid.startsWith("lk-"));
      const found: ListedKey[] = [];
      // One after the other: each is a process of its own.
      for (const uid of uids) {
        const { keys } = await ask<{ keys: { access_key: string }[] }>(["user", "info", `--uid=${uid}`]);
        found.push(...keys.map(({ access_key }) => ({ accessKeyId: access_key, principal: uid })));
      }
      return found;
    },
    keyPutBy(method, path) {
      const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
      const makes = method === "PUT" && pathname === "/admin/user" && searchParams.get("generate-key") === "true";
      return makes ? (searchParams.get("access-key") ?? undefined) : undefined;
    },
  };
}
