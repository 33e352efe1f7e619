import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HAS_OPENSSL, makeCertificate } from "@/testing/certificate";
import { startBuiltinS3 } from "@/lib/builtin-s3/server";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { createBuiltinProvider } from "@/lib/providers/builtin/builtin";
import { createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";

const token = new Secret(randomBytes(24).toString("base64url"));
let folder: string;
let real: Awaited<ReturnType<typeof startBuiltinS3>>;
const servers: Server[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-check-"));
  const regions = [{ name: "north", port: 0, signingRegion: "north-1" }];
  real = await startBuiltinS3({
    dataDir: folder,
    host: "127.0.0.1",
    regions,
    adminPort: 0,
    adminToken: token,
    masterKey: randomBytes(32),
  });
});
afterAll(async () => {
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}
const answering = async (status: number, body: string) =>
  `http://127.0.0.1:${await listen(createServer((_request, response) => response.writeHead(status).end(body)))}`;

const complaintOf = (provider: Provider) =>
  guard(provider, "north", logger)
    .check({ signal: AbortSignal.timeout(10_000), requestId: randomUUID() })
    .then(
      () => "nothing",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );
const complaint = (changes: {
  region?: string;
  signingRegion?: string;
  adminUrl?: string;
  adminToken?: Secret;
  gateway?: string;
  store?: string;
}) => {
  const { gateway = real.regions[0]?.endpoint ?? "", ...others } = changes;
  const gateways = [{ name: "north", endpoint: gateway }];
  return complaintOf(
    createBuiltinProvider({
      region: "north",
      signingRegion: "north-1",
      adminUrl: real.adminUrl,
      adminToken: token,
      gateways,
      ...others,
    }),
  );
};

test("nothing is wrong with what works", async () => {
  expect(await complaint({})).toBe("nothing");
});

test("the address, the credential, the region", async () => {
  expect(await complaint({ adminUrl: "http://nobody.invalid:9002" })).toBe(
    "the storage system cannot be reached: there is no address for nobody.invalid:9002",
  );
  expect(await complaint({ adminUrl: "http://127.0.0.1:1" })).toBe(
    "the storage system cannot be reached: nothing listens at 127.0.0.1:1",
  );
  expect(await complaint({ adminUrl: "http://169.254.169.254" })).toBe(
    "the storage system cannot be reached: 169.254.169.254 is a cloud's metadata service",
  );
  const page = await answering(404, '{"message":"not found"}');
  expect(await complaint({ adminUrl: page })).toBe(`no admin API of a built-in server answers at ${page}`);
  expect(await complaint({ adminToken: new Secret("x".repeat(32)) })).toBe(
    "the storage system refuses the admin token",
  );
  expect(await complaint({ region: "south" })).toBe("the server has no region south");
  expect(await complaint({ signingRegion: "west-1" })).toBe("the server signs for north-1");
});

test("another store than that of the keys, and one that is lost", async () => {
  const store = real.regions[0]?.store ?? "";
  expect(await complaint({ store })).toBe("nothing");
  expect(await complaint({ store: randomUUID() })).toBe(
    `the folder ${join(folder, "s3/north")} holds another store than the one of this region's keys`,
  );
  const reply = {
    name: "north",
    signingRegion: "north-1",
    time: new Date().toISOString(),
    lost: "the folder is empty",
  };
  const lost = await answering(200, JSON.stringify(reply));
  expect(await complaint({ adminUrl: lost })).toBe("the folder is empty");
});

test("a clock that is off", async () => {
  const time = new Date(Date.now() - 3_600_000).toISOString();
  const late = await answering(200, JSON.stringify({ name: "north", signingRegion: "north-1", time }));
  expect(await complaint({ adminUrl: late })).toMatch(
    /^the storage system's clock is 3(599|600|601) s behind the portal's$/,
  );
});

test("a gateway that does not answer, or is none", async () => {
  expect(await complaint({ gateway: "http://127.0.0.1:1" })).toBe(
    "north at http://127.0.0.1:1 did not answer: nothing listens at 127.0.0.1:1",
  );
  const page = await answering(200, "<html>");
  expect(await complaint({ gateway: page })).toBe(`north at ${page} answered 200 to a probe`);
  const other = await answering(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
  expect(await complaint({ gateway: other })).toBe(`north at ${other} does not answer as an S3 server would`);
});

test.skipIf(!HAS_OPENSSL)("a certificate that nobody vouches for, of either product", async () => {
  const { key, cert } = makeCertificate("IP:127.0.0.1", 2);
  const asked: string[] = [];
  const port = await listen(createTlsServer({ key, cert }, (request) => void asked.push(request.url ?? "")));
  const url = `https://127.0.0.1:${port}`;
  const certificate = `the certificate of 127.0.0.1:${port} is signed by itself, which a file in NODE_EXTRA_CA_CERTS can make trusted`;
  expect(await complaint({ adminUrl: url })).toBe(`the storage system cannot be reached: ${certificate}`);
  expect(await complaint({ gateway: url })).toBe(`north at ${url} did not answer: ${certificate}`);
  const ceph = createCephRgwProvider({
    adminUrl: url,
    adminPath: "admin",
    signingRegion: "default",
    accessKeyId: "ADMIN",
    secretAccessKey: token,
    gateways: [{ name: "one", endpoint: url }],
    cacheSeconds: 900,
    deactivate: "none",
  });
  expect(await complaintOf(ceph)).toBe(`the storage system cannot be reached: ${certificate}`);
  await expect(
    guard(ceph, "ceph", logger).listKeys("lk-1", { signal: AbortSignal.timeout(10_000), requestId: "test" }),
  ).rejects.toMatchObject({ failure: "unavailable" });
  expect(asked).toEqual([]);
});
