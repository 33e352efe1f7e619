import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ReadCreatedKey, startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { runAdmin } from "../../fixtures/admin";
import type { OwnPortal } from "../../fixtures/own-portal";
import type { Backend } from "./backend";

/** Puts proxies in front of the regions of the built-in server. */
export async function addBuiltinBackends(portal: OwnPortal): Promise<Backend[]> {
  const { S3_PORT } = portal.facts.environment;
  const adminUrl = `http://127.0.0.1:${Number(S3_PORT) + 2}`;
  const secrets = JSON.parse(readFileSync(join(portal.facts.dataDir, "secrets.json"), "utf8")) as Record<
    string,
    string
  >;
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
  const [admin, gateway] = await Promise.all([startTcpProxy(adminUrl, readCreatedKey), startTcpProxy(endpoint)]);
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
      if (next) throw new Error("there are more accounts than a chaos run creates");
      const lists = await Promise.all(
        accounts.map(async ({ id }) => {
          const { keys } = await ask<{ keys: { accessKeyId: string }[] }>(`/accounts/${id}/keys`);
          return keys.map(({ accessKeyId }) => ({ accessKeyId, principal: id }));
        }),
      );
      return lists.flat();
    },
  };
}

const readCreatedKey: ReadCreatedKey = (method, path) =>
  method === "PUT" ? /\/keys\/([^/?]+)$/.exec(path)?.[1] : undefined;
