import { expect, test } from "vitest";
import { startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { SECRET, startExampleGateway } from "../checks/example-run";
import { UNREADABLE } from "./backend";
import { readCreatedCredential } from "./keystone-backend";

test("a proxy knows which key a write creates, and keeps nothing else of the write", async () => {
  const gateway = await startExampleGateway();
  const proxy = await startTcpProxy(gateway.url, readCreatedCredential);
  const credential = (blob: string) => JSON.stringify({ credential: { type: "ec2", blob } });
  const send = async (path: string, body: string) =>
    void (await (await fetch(`${proxy.url}${path}`, { method: "POST", body })).text());
  try {
    await send("/v3/credentials", credential(JSON.stringify({ access: "K", secret: SECRET })));
    await send("/v3/credentials", credential("no JSON"));
    await send("/v3/auth/tokens", "{}");
    expect(proxy.writes.map(({ accessKeyId }) => accessKeyId)).toEqual(["K", UNREADABLE, undefined]);
    expect(JSON.stringify(proxy.writes)).not.toContain(SECRET);
  } finally {
    await proxy.close();
    gateway.close();
  }
});
