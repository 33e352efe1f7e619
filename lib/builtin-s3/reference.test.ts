import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compare, type Finding, runProbes } from "@/testing/builtin-s3/probe-runner";
import { PROBES } from "@/testing/builtin-s3/probes";
import { DIFFERENCES } from "@/testing/builtin-s3/rgw-differences";
import { TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

// Written by bin/record-rgw.mjs, which asks a real radosgw 16.2 the same.
const RECORDED = path.join(import.meta.dirname, "../../testing/builtin-s3/rgw-16.2.json");

it("answers as Ceph RGW 16.2 did, but where it is said why not", async () => {
  const reference = new Map(Object.entries(JSON.parse(await readFile(RECORDED, "utf8")) as Record<string, Finding>));
  expect([...reference.keys()].sort(), "what was asked of RGW; record it anew").toEqual(
    PROBES.map(({ name }) => name).sort(),
  );
  const [owner, stranger] = [await server.addKey("owner"), await server.addKey("stranger")];
  const ours = await runProbes(PROBES, { endpoint: server.endpoint(), region: "north-1", owner, stranger });
  const found: string[] = [];
  for (const [name, finding] of reference) {
    const differences = compare(finding, ours.get(name) ?? { status: 0, headers: {}, body: [] });
    if (differences.length > 0 && !DIFFERENCES.has(name)) found.push(`${name}: ${differences.join("; ")}`);
    if (differences.length === 0 && DIFFERENCES.has(name))
      found.push(`${name}: answered alike, so it is no difference`);
  }
  expect(found).toEqual([]);
  expect(PROBES.length).toBeGreaterThan(200);
});
