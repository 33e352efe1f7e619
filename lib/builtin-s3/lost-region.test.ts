import { existsSync } from "node:fs";
import { mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendSigned } from "@/testing/builtin-s3/raw-request";
import { type Pair, randomPair, TestServer } from "@/testing/builtin-s3/test-server";
import { startBuiltinS3 } from "./server";

let server: TestServer;
let pair: Pair;
let store: string;
const north = () => path.join(server.dataDir, "s3/north");
const away = () => path.join(server.dataDir, "moved-away");

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("acme");
  store = server.server.regions.find(({ name }) => name === "north")?.store ?? "";
});
afterAll(() => server.stop());

/** Starts again as the supervisor does, which knows the store of `north`. */
async function startAgain(move: () => Promise<unknown>): Promise<void> {
  await server.server.close();
  await move();
  const regions = server.config.regions.map((region) => ({ ...region, ...(region.name === "north" ? { store } : {}) }));
  server.server = await startBuiltinS3({ ...server.config, regions });
}

const askS3 = async (region = "north") =>
  (await sendSigned(server.endpoint(region), pair, { target: "/" }, { region: `${region}-1` })).status;

test("a start with the same store finds its keys", async () => {
  await startAgain(async () => undefined);
  expect(await askS3()).toBe(200);
});

test.each([
  ["missing", async () => undefined],
  ["empty", () => mkdir(north())],
])("a region whose folder is %s is lost, and nothing is written", async (why, prepare) => {
  await startAgain(async () => {
    await rename(north(), away());
    await prepare();
  });
  const before = existsSync(north());
  expect(server.server.regions.find(({ name }) => name === "north")).toMatchObject({
    lost: expect.stringContaining(`the folder ${north()} is ${why}`) as unknown,
  });
  expect(await server.admin("GET", "/regions/north")).toMatchObject({
    status: 200,
    body: { folder: north(), lost: expect.stringContaining("region accept-store north") as unknown },
  });
  expect(await askS3()).toBe(503);
  expect(await askS3("south")).toBe(403);

  expect(await server.admin("GET", "/regions/north/accounts")).toEqual({ status: 200, body: { accounts: [] } });
  const account = "/regions/north/accounts/acme";
  const key = `${account}/keys/${pair.accessKeyId}`;
  expect(await server.admin("GET", `${account}/keys`)).toMatchObject({ status: 404 });
  const lost = { status: 503, body: { error: { code: "StoreLost" } } };
  expect(await server.admin("PUT", account, { displayName: "Acme" })).toMatchObject(lost);
  expect(await server.admin("PUT", key, { secretAccessKey: randomPair().secretAccessKey })).toMatchObject(lost);
  expect(await server.admin("DELETE", key)).toMatchObject(lost);
  expect(existsSync(north())).toBe(before);

  await startAgain(async () => {
    expect(before ? await readdir(north()) : []).toEqual([]);
    await rename(away(), north());
  });
  expect(await askS3()).toBe(200);
});

test("a region with the folder of another store is lost", async () => {
  await startAgain(async () => {
    await rename(north(), away());
    await rename(path.join(server.dataDir, "s3/south"), north());
  });
  expect(server.server.regions.find(({ name }) => name === "north")?.lost).toContain("holds another store");
  expect(await askS3()).toBe(503);
});
