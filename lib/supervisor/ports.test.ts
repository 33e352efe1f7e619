import { createServer } from "node:net";
import { expect, test } from "vitest";
import { findFreePort, isPortFree } from "@/lib/platform/net/ports";
import { findPortProblem, listPorts } from "@/lib/supervisor/ports";
import { planSettings } from "@/lib/platform/config/resolve-settings";

test("a taken port is named with the setting that moves it", async () => {
  const port = await findFreePort("127.0.0.1");
  const wanted = [{ setting: "S3_PORT", port, host: "127.0.0.1" }];
  expect(await findPortProblem(wanted)).toBeUndefined();
  const otherServer = createServer();
  await new Promise<void>((resolve) => otherServer.listen(port, "127.0.0.1", resolve));
  try {
    expect(await findPortProblem(wanted)).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program. Stop it, or set S3_PORT to another port.`,
    );
  } finally {
    otherServer.close();
  }
});

test("two settings with the same port are both named", async () => {
  const ports = listPorts(planSettings({ PORT: "29001", S3_PORT: "29000" }));
  expect(await findPortProblem(ports)).toBe("PORT and S3_PORT both use port 29001: set S3_PORT to another port.");
});

test("an address that the machine does not have is named", async () => {
  expect(await findPortProblem([{ setting: "PORT", port: 29_000, host: "192.0.2.1" }])).toContain(
    "no address 192.0.2.1",
  );
});

const hasIpv6 = await isPortFree(0, "::1");

test.skipIf(!hasIpv6)("a portal at localhost wants its port on both addresses of that name", async () => {
  const port = await findFreePort("::1");
  const wanted = listPorts(planSettings({ PORT: String(port) })).filter(({ setting }) => setting === "PORT");
  expect(wanted.map(({ host }) => host)).toEqual(["127.0.0.1", "::1"]);
  expect(await findPortProblem(wanted)).toBeUndefined();
  const otherServer = createServer();
  await new Promise<void>((resolve) => otherServer.listen(port, "::1", resolve));
  try {
    expect(await findPortProblem(wanted)).toContain(`Port ${port} on ::1 is taken by another program.`);
  } finally {
    otherServer.close();
  }
});

test("an address of localhost that the machine does not have is left out", async () => {
  expect(await findPortProblem([{ setting: "PORT", port: 29_000, host: "192.0.2.1", optional: true }])).toBeUndefined();
});
