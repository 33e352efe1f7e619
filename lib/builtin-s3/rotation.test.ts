import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendSigned } from "@/testing/builtin-s3/raw-request";
import { ServerProcess } from "@/testing/builtin-s3/server-process";
import { type Pair, randomPair } from "@/testing/builtin-s3/test-server";

const KEYS = 300;
const KILLS = 12;

let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.build();
});
afterAll(() => server.remove());

const [first, second] = [0, 1].map(() => randomBytes(32).toString("base64"));
const under = (key = "", former = "") => `LATCHKEY_MASTER_KEY='${key}' LATCHKEY_MASTER_KEY_FORMER='${former}'`;
const isAccepted = async (pair: Pair) =>
  (await sendSigned(server.endpoint, pair, { method: "GET", target: "/" })).status === 200;

it("seals its keys anew under another master key, killed or not, and then needs the former one no more", async () => {
  await server.start(under(first));
  const pairs = Array.from({ length: KEYS }, randomPair);
  await server.addKey("demo");
  // In groups: 300 at once opened up to 600 connections, of which the server closes all beyond 500.
  for (let at = 0; at < KEYS; at += 50)
    await Promise.all(pairs.slice(at, at + 50).map((pair) => server.addKey("demo", pair)));
  await server.end();

  await expect(server.start(under(second))).rejects.toThrow("the server ended");
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = server.spawn(under(second, first));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // From before its first line to after its last.
    await delay(randomInt(20, 500));
    child.kill("SIGKILL");
    await ended;
  }
  await server.start(under(second, first));
  expect(await Promise.all(pairs.map(isAccepted))).toEqual(pairs.map(() => true));
  await server.end();
  await server.start(under(second));
  expect(await Promise.all(pairs.map(isAccepted))).toEqual(pairs.map(() => true));
  await server.end();
  await expect(server.start(under(first))).rejects.toThrow("the server ended");
}, 120_000);
