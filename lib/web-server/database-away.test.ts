import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DATA_DIR_MODE } from "@/lib/platform/config/make-data-dir";
import { REQUEST_ID_HEADER } from "@/lib/platform/net/request-id-header";
import { startCluster, stopCluster } from "@/lib/postgres/cluster";
import { deployMigrations } from "@/lib/postgres/migrations";
import { pausePostgres } from "@/testing/database/pause-postgres";

// A PostgreSQL of this file alone, because the test stops it.
const dataDir = mkdtempSync(join(tmpdir(), "latchkey-away-"));
const start = () => startCluster(dataDir, "db", { throwaway: true });

beforeAll(async () => {
  chmodSync(dataDir, DATA_DIR_MODE);
  const { url } = await start();
  await deployMigrations(url);
  vi.stubEnv("DATABASE_URL", url);
});
// The hooks after the tests run in reverse order, so this one is the last.
afterAll(async () => {
  await stopCluster(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

/** Everything below reads DATABASE_URL when it is imported. */
async function load() {
  const { db, pool } = await import("@/lib/platform/db/client");
  const { explainError } = await import("@/lib/gate/refusals");
  const { refusePoll } = await import("@/lib/gate/route");
  const { findProject } = await import("@/lib/gate/scope");
  const { readSession } = await import("@/lib/sessions/data");
  const { connectQueue } = await import("@/lib/jobs/queue");
  const { createApi } = await import("@/lib/api/app");
  const { requireDatabase } = await import("@/lib/web-server/require-database");
  const { close, createWebServer, listen } = await import("@/lib/web-server/server");
  const { noteFailure } = await import("@/lib/platform/db/failed-requests");
  const settings = { publicUrl: "http://127.0.0.1:3000", trustedProxies: "" };
  const server = createWebServer(
    settings,
    requireDatabase(pool, async (request, response) => {
      if (request.url !== "/fails") return void response.end("the page");
      // As Next does: it tells the error, and then answers 500.
      await db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`.catch((error: unknown) =>
        noteFailure(String(request.headers[REQUEST_ID_HEADER]), error),
      );
      response.writeHead(500).end("an error page");
    }),
  );
  await listen(server, "127.0.0.1", 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorization = `Bearer lkt_${"A".repeat(48)}`;
  const statements = {
    readSession: () => readSession("00000000-0000-4000-8000-000000000000", { activity: false }),
    findProject: () => findProject("00000000-0000-4000-8000-000000000000", "demo"),
    connectQueue: () => connectQueue().then(() => undefined),
  };
  return {
    /** What an action and a poll answer when a statement fails; undefined when all statements succeed. */
    async tell() {
      const told = [];
      for (const [name, statement] of Object.entries(statements)) {
        const error: unknown = await statement().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) {
          const { code } = await explainError(error, name, {});
          told.push([name, code, refusePoll(error, "nobody").status]);
        }
      }
      return told;
    },
    getPage: (path = "/projects") => fetch(`${url}${path}`),
    getFile: () => fetch(`${url}/icon.svg`),
    askApi: () => createApi().request("/api/v1/projects/demo/regions/north", { headers: { authorization } }),
    async close() {
      await close(server);
      const queue = await connectQueue();
      await queue.stop();
      await db.$disconnect();
    },
  };
}

let portal: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  portal = await load();
});
afterAll(() => portal.close());

test("without a database pages, polls, actions and the API say so, and all work again when it is back", async () => {
  expect(await portal.tell()).toEqual([]);
  expect((await portal.getPage()).status).toBe(200);
  expect((await portal.askApi()).status).toBe(401);

  await stopCluster(dataDir);
  // The first round meets connections that broke, the second one a server that is not there.
  for (const round of ["broken", "gone"]) {
    const page = await portal.getPage();
    expect([round, page.status, page.headers.get("retry-after")]).toEqual([round, 503, "5"]);
    expect(await page.text()).toContain("The portal's database does not answer.");
    expect(await (await portal.getFile()).text()).toBe("the page");
    const api = await portal.askApi();
    expect([round, api.status]).toEqual([round, 503]);
    const message = expect.stringContaining("database does not answer") as string;
    expect(await api.json()).toMatchObject({ code: "UNAVAILABLE", status: 503, detail: message });
    expect(await portal.tell()).toEqual(
      expect.arrayContaining([
        ["readSession", "UNAVAILABLE", 503],
        ["findProject", "UNAVAILABLE", 503],
      ]),
    );
  }

  await start();
  await expect.poll(async () => (await portal.getPage()).status).toBe(200);
  await expect.poll(() => portal.tell()).toEqual([]);
  expect((await portal.askApi()).status).toBe(401);
});

test("a page that loses the database after it began is answered 503 too", async () => {
  const page = await portal.getPage("/fails");
  expect([page.status, page.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await page.text()).toContain("The portal's database does not answer.");
  expect((await portal.getPage()).status).toBe(200);
});

test("a database that hangs is answered 503 within a bound, and all work again when it goes on", async () => {
  const resume = pausePostgres(dataDir);
  try {
    // More than the pool has connections: at first all of them wait in vain, and then there are none.
    for (let round = 0; round < 2; round += 1) {
      const begin = performance.now();
      const pages = await Promise.all(Array.from({ length: 12 }, () => portal.getPage()));
      expect(pages.map(({ status }) => status)).toEqual(Array(12).fill(503));
      expect((await portal.askApi()).status).toBe(503);
      expect(performance.now() - begin).toBeLessThan(60_000);
    }
    const told = [
      ["readSession", "UNAVAILABLE", 503],
      ["findProject", "UNAVAILABLE", 503],
    ];
    expect(await portal.tell()).toEqual(expect.arrayContaining(told));
  } finally {
    resume();
  }
  await expect.poll(async () => (await portal.getPage()).status, { timeout: 60_000 }).toBe(200);
  await expect.poll(() => portal.tell(), { timeout: 60_000 }).toEqual([]);
  expect((await portal.askApi()).status).toBe(401);
});
