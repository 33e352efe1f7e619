import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { calibrate } from "@/lib/providers/calibration";
import { probeS3 } from "@/lib/providers/probe";
import type { Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import { ensureCalibration } from "@/lib/regions/mutations";
import { type Storage, startStorage } from "@/testing/factories/storage";

const PRINCIPAL = "lk-calibration-tst-south";
let storage: Storage;
let server: Server | undefined;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const context = (ms = 20_000) => ({ signal: AbortSignal.timeout(ms), requestId: randomUUID() });
const readSouth = () => db.region.findUniqueOrThrow({ where: { name: "south" } });

/** An address that answers every request with this, or with nothing at all. */
async function listen(answer: { status: number; body: string } | undefined): Promise<string> {
  server = createServer((_request, response) => {
    if (answer) response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a calibration that runs out of time takes its key away all the same", async () => {
  const silent = openProvider({ ...(await readSouth()), gateways: [await listen(undefined)] });
  const throwaway = { principal: PRINCIPAL, accessKeyId: "LKTST000000000000001" };
  await expect(calibrate(silent, throwaway, context(1_000))).rejects.toMatchObject({ name: "ProviderError" });
  expect(await storage.readKeyIds("south", PRINCIPAL)).toEqual([]);
});

test.each([1, 2])("one whose key another takes away before probe %i believes nothing", async (before) => {
  const real = openProvider(await readSouth());
  let probes = 0;
  const disturbed: Provider = {
    ...real,
    async probe(...input) {
      probes += 1;
      if (probes === before)
        await calibrate(real, { principal: PRINCIPAL, accessKeyId: "LKTST000000000000002" }, context());
      return real.probe(...input);
    },
  };
  const throwaway = { principal: PRINCIPAL, accessKeyId: "LKTST000000000000003" };
  await expect(calibrate(disturbed, throwaway, context())).rejects.toMatchObject({ failure: "invalid" });
});

test("several at once are one, and what another process holds is waited for", async () => {
  const south = await readSouth();
  const found = await Promise.all(Array.from({ length: 4 }, () => ensureCalibration(south)));
  const [only] = openProvider(south).gateways();
  expect(found).toEqual(found.map(() => ({ [only?.endpoint ?? ""]: "random-secret" })));
  const elsewhere = { calibration: {}, calibratingUntil: new Date(Date.now() + 60_000) };
  const claimed = await db.region.update({ where: { name: "south" }, data: elsewhere });
  expect(await ensureCalibration(claimed)).toEqual({});
  await expect(ensureCalibration({ ...claimed, calibration: null })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test.each([
  ["a firewall's 403", 403, "<html>Forbidden</html>"],
  ["a 403 because of a clock", 403, "<Error><Code>RequestTimeTooSkewed</Code></Error>"],
  ["a 403 with a code that is no answer of ours", 403, "<Error><Code>constructor</Code></Error>"],
  ["a 403 with the code of a bucket that is not there", 403, "<Error><Code>NoSuchBucket</Code></Error>"],
  ["a balancer's 404", 404, "<html>Not Found</html>"],
  ["a 404 with another code", 404, "<Error><Code>InvalidAccessKeyId</Code></Error>"],
  ["a 200", 200, "<ListAllMyBucketsResult/>"],
])("%s says nothing of a key", async (_what, status, body) => {
  const gateway = { name: "south", endpoint: await listen({ status, body }) };
  const asked = probeS3(gateway, "south-1", "LKTST000000000000004", new Secret("x".repeat(40)), context());
  await expect(asked).rejects.toMatchObject({ failure: "unavailable" });
});
