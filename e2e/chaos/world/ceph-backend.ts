import { type ReadCreatedKey, startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { runRadosgwAdmin } from "@/testing/rig/ceph";
import type { Rig } from "@/testing/rig/rig";
import { runAdmin } from "../../fixtures/admin";
import type { OwnPortal } from "../../fixtures/own-portal";
import type { Backend, ListedKey } from "./backend";

/** Creates the region `ceph` on a rig, with a proxy in front of each gateway and of the admin interface. */
export async function addCephBackend(portal: OwnPortal, rig: Rig): Promise<Backend> {
  const region = "ceph";
  const signingRegion = "default";
  const endpoints = rig.gateways.filter(({ kind }) => kind === "plain").map(({ endpoint }) => endpoint);
  const [admin, ...gateways] = await Promise.all([
    startTcpProxy(rig.adminUrl, readCreatedKey),
    ...endpoints.map((target) => startTcpProxy(target)),
  ]);
  const flags = [
    ...["--provider", "ceph-rgw", "--endpoint", endpoints[0] ?? "", "--signing-region", signingRegion],
    ...["--admin-url", admin.url, "--access-key-id", rig.admin.accessKeyId],
    ...["--gateway", ...gateways.map(({ url }) => url)],
  ];
  await runAdmin(portal.facts, ["region", "create", region, ...flags], rig.admin.secretAccessKey);
  const ask = async <T>(args: string[]) => JSON.parse(await runRadosgwAdmin(rig.options.folder, args)) as T;
  return {
    region,
    signingRegion,
    gateways: endpoints,
    proxies: [
      { name: "ceph admin", proxy: admin },
      ...gateways.map((proxy, index) => ({ name: `ceph gateway ${index + 1}`, proxy })),
    ],
    async listKeys() {
      const uids = (await ask<string[]>(["user", "list"])).filter((uid) => uid.startsWith("lk-"));
      const found: ListedKey[] = [];
      // One after the other: each call is a process of its own.
      for (const uid of uids) {
        const { keys } = await ask<{ keys: { access_key: string }[] }>(["user", "info", `--uid=${uid}`]);
        found.push(...keys.map(({ access_key }) => ({ accessKeyId: access_key, principal: uid })));
      }
      return found;
    },
  };
}

const readCreatedKey: ReadCreatedKey = (method, path) => {
  const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
  // A read-only key is one of a subuser.
  const generates = searchParams.get("generate-key") === "true" || searchParams.get("generate-secret") === "true";
  const creates = method === "PUT" && pathname === "/admin/user" && generates;
  return creates ? (searchParams.get("access-key") ?? undefined) : undefined;
};
