import { expect, test } from "vitest";
import { startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { startExampleGateway } from "../checks/example-run";
import { injectNetworkFault } from "./network-faults";

test("a fault without traffic has hit nothing", async () => {
  const gateway = await startExampleGateway();
  const proxy = await startTcpProxy(gateway.url);
  try {
    expect(await injectNetworkFault(proxy, { what: "drop" }, 10, 100)).toBe(false);
    const hit = injectNetworkFault(proxy, { what: "garbage" }, 500);
    expect(await (await fetch(proxy.url)).text().catch(() => "cut off")).toMatch(/half an ans|cut off/);
    expect(await hit).toBe(true);
  } finally {
    await proxy.close();
    gateway.close();
  }
});
