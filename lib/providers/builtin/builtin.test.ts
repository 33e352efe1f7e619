import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { createBuiltinProvider } from "@/lib/providers/builtin/builtin";
import type { Candidate, Traits } from "@/lib/providers/conformance/candidate";
import { describeConformance } from "@/lib/providers/conformance/suite";
import { guard } from "@/lib/providers/guard";

const SIGNING_REGION = "north-1";

const TRAITS: Traits = {
  choosesSecret: true,
  deactivate: "key",
  expiry: "native",
  readOnly: "all",
  suspends: false,
  readsSecrets: false,
  readsQuota: false,
  takesTrailers: true,
  hasIndistinctGateways: false,
};

describeConformance("the built-in server's driver", TRAITS, async (): Promise<Candidate> => {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-builtin-"));
  const adminToken = randomBytes(24).toString("base64url");
  const server = await startBuiltinS3({
    dataDir,
    host: "127.0.0.1",
    regions: [{ name: "north", port: 0, signingRegion: SIGNING_REGION }],
    adminPort: 0,
    adminToken: new Secret(adminToken),
    masterKey: randomBytes(32),
  });
  const endpoint = server.regions[0]?.endpoint ?? "";
  const options = {
    region: "north",
    signingRegion: SIGNING_REGION,
    adminUrl: server.adminUrl,
    adminToken: new Secret(adminToken),
    gateways: [{ name: "north", endpoint }],
  };
  return {
    provider: createBuiltinProvider(options),
    withWrongCredential: createBuiltinProvider({ ...options, adminToken: new Secret("x".repeat(32)) }),
    unreachable: createBuiltinProvider({ ...options, adminUrl: await nobodyListens() }),
    async readKeyIds(principal) {
      const url = `${server.adminUrl}/v1/regions/north/accounts/${principal}/keys`;
      const reply = await fetch(url, { headers: { authorization: `Bearer ${adminToken}` } });
      const { keys } = (await reply.json()) as { keys: { accessKeyId: string }[] };
      return keys.map((key) => key.accessKeyId);
    },
    signingRegion: SIGNING_REGION,
    findings: { store: expect.any(String) },
    async stop() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

describe("a server that does not keep to the protocol", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  const connect = async (status: number, body: string) => {
    server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const driver = createBuiltinProvider({
      region: "north",
      signingRegion: SIGNING_REGION,
      adminUrl: `http://127.0.0.1:${port}`,
      adminToken: new Secret("irrelevant-token-here"),
      gateways: [{ name: "north", endpoint: `http://127.0.0.1:${port}` }],
    });
    return guard(driver, "north", logger);
  };
  const context = () => ({ signal: AbortSignal.timeout(10_000), requestId: randomUUID() });
  const key = { principal: "lk-1", accessKeyId: "LKTSTAAAAAAAAAAAAAAA" };

  test.each([
    ["garbage", 200, "<html>"],
    ["JSON of another form", 200, "{}"],
    ["half a list", 200, '{"keys":[{"accessKeyId":"A"'],
    ["a server error", 500, '{"error":{"code":"Internal"}}'],
    ["a 404 of another kind", 404, '{"error":{"code":"NoSuchRegion"}}'],
    ["a 404 page", 404, "<html>not found</html>"],
  ])("%s is never read as absence", async (_name, status, body) => {
    const provider = await connect(status, body);
    await expect(provider.listKeys("lk-1", context())).rejects.toMatchObject({ name: "ProviderError" });
    await expect(provider.removeKey(key, context())).rejects.toMatchObject({ name: "ProviderError" });
  });

  test("no error quotes the secret or the token", async () => {
    const provider = await connect(500, "oops");
    const secretAccessKey = new Secret("s".repeat(40));
    const failure: unknown = await provider
      .putKey({ ...key, secretAccessKey, tag: "m", access: "full" }, context())
      .catch((error) => error);
    expect(String(failure instanceof Error ? failure.stack : failure)).not.toMatch(/ssss|irrelevant-token/);
    expect(JSON.stringify(failure)).not.toMatch(/ssss|irrelevant-token/);
  });
});

async function nobodyListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
