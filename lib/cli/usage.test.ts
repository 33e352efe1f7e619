import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { ensurePrincipal } from "@/lib/principals/data";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeCaller, makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const AS_OF = new Date(Date.now() - 1_000);
const FIGURES = { buckets: 60, objects: 7n, bytes: 2n ** 60n };

let storage: Storage;
let portal: Awaited<ReturnType<typeof serveApp>>;
let variables: Record<string, string>;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
  portal = await serveApp(createApi());
  const mia = await makeUser(db, "Mia");
  const { id: projectId, slug } = await makeProject(db, [[mia, "member+"]]);
  const { id: regionId } = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  const { id: principalId } = await ensurePrincipal(projectId, regionId);
  const asked = { asOf: AS_OF, askedAt: AS_OF, quotaBytes: 2n ** 61n, failingSince: AS_OF };
  await db.usageFigures.create({ data: { principalId, regionId, ...FIGURES, ...asked } });
  const data = Array.from({ length: FIGURES.buckets }, (_none, index) => ({
    principalId,
    name: `bucket-${String(index).padStart(2, "0")}`,
    createdAt: AS_OF,
    objects: 1n,
    bytes: BigInt(1_000 - index),
  }));
  await db.storedBucket.createMany({ data });
  const token = await makeToken(db, mia, { project: slug });
  variables = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: token, LATCHKEY_PROJECT: slug };
});
afterAll(async () => {
  await portal.stop();
  await storage.stop();
});

const latchkey = (line: string) => runLatchkeyHere(line.split(" "), { env: variables });

async function readJson(line: string): Promise<unknown> {
  const { code, printed, complaint } = await latchkey(`${line} --output json`);
  expect(code, complaint).toBe(EXIT.done);
  return JSON.parse(printed);
}

test("usage tells the last figures, since when there are none, and the history", async () => {
  const told = { buckets: 60, objects: 7, bytes: String(2n ** 60n) };
  const since = AS_OF.toISOString();
  expect(await readJson("usage")).toEqual({
    regions: [
      {
        region: "north",
        figures: { ...told, quotaBytes: String(2n ** 61n), quotaObjects: null, asOf: since },
        failingSince: since,
        tellsUsage: true,
      },
      { region: "south", figures: null, failingSince: null, tellsUsage: true },
    ],
  });
  const { printed, complaint } = await latchkey("usage --region north");
  expect(printed).toMatch(/^north +60 +7 +1152921504606846976 +2305843009213693952 +- +\d{4}/m);
  expect(printed).not.toContain("south");
  expect(complaint).toContain("north: the storage system tells no figures since");
  expect(await readJson("usage --history 24h")).toEqual({ points: [{ at: since, region: "north", ...told }] });
  expect((await latchkey("usage --history 24h")).printed).toContain(since);
});

test("buckets are listed over all pages, searched, sorted and limited, and bad input is named", async () => {
  const { buckets } = (await readJson("buckets --sort bytes")) as { buckets: { name: string }[] };
  expect(buckets).toHaveLength(60);
  expect(buckets[0]).toMatchObject({ name: "bucket-59", region: "north", objects: 1, bytes: "941" });
  const few = await latchkey("buckets --search ET-0 --sort bytes --reverse --limit 2 --region north");
  expect(few.printed.match(/^bucket-\d\d/gm)).toEqual(["bucket-00", "bucket-01"]);
  expect(few.complaint).toContain("There are more buckets than 2");
  expect((await latchkey("buckets --region south")).printed).toBe("There are none.\n");
  for (const line of ["buckets --limit 0", "buckets --sort size", "usage --history 1y"])
    expect((await latchkey(line)).code).toBe(EXIT.usage);
});

test("the API refuses unknown fields and cursors by name, and another project is not there", async () => {
  const project = variables.LATCHKEY_PROJECT ?? "";
  const stranger = await makeUser(db, "Stranger");
  const { slug } = await makeProject(db, [[stranger, "admin"]]);
  const { get } = await makeCaller(db, createApi().request, stranger);
  for (const path of ["usage", "usage/history", "buckets"]) {
    expect((await get(`/projects/${project}/${path}`)).status).toBe(404);
    expect((await get(`/projects/${slug}/${path}`)).status).toBe(200);
  }
  for (const [path, named] of [
    ["buckets?sort=size", "sort"],
    ["buckets?cursor=x", "cursor"],
    ["buckets?colour=red", "colour"],
    ["usage/history?range=1y", "range"],
  ] as const) {
    const reply = await get(`/projects/${slug}/${path}`);
    expect(reply.status).toBe(400);
    expect(((await reply.json()) as { detail: string }).detail).toContain(named);
  }
});
