import { runAdmin } from "../fixtures/admin";
import { withDatabase } from "../fixtures/database";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";
import { type PortalClient, signInToPortal } from "../fixtures/portal-client";
import { readWebEnvironment } from "../fixtures/second-web";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, START_MS, test } from "../fixtures/test";
import { pausePostgres } from "@/testing/database/pause-postgres";
import { waitFor } from "@/testing/wait";

/** Each answer comes within 15 s on a machine that has nothing else to do. */
const BOUND_MS = 60_000;
const SENTENCE = "The portal's database does not answer.";
const DASHBOARD = "/projects/demo/object-storage";

test.describe.configure({ mode: "serial" });

let portal: OwnPortal;
let client: PortalClient;
let asked: [name: string, path: string, headers: Record<string, string>, told: string][];
let cookie: string;
let resume = () => {};

test.beforeAll(async ({ browser }) => {
  test.setTimeout(START_MS);
  portal = await startOwnPortal();
  const { facts } = portal;
  const person = personOf(facts, "member+");
  client = await signInToPortal(facts.url, person);
  const context = await browser.newContext({ baseURL: facts.url });
  await signInByRequest(context, facts.url, person);
  cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await context.close();
  const token = /lkt_\w+/.exec(await runAdmin(facts, ["token", "create", person.email, "--name", "away"]))?.[0];
  asked = [
    ["a page", DASHBOARD, { cookie, accept: "text/html" }, SENTENCE],
    ["the sign-in page", "/login", { accept: "text/html" }, SENTENCE],
    ["a poll", "/api/projects/demo/cards", { cookie }, SENTENCE],
    ["the API", "/api/v1/projects/demo/regions", { authorization: `Bearer ${token}` }, SENTENCE],
    ["health", "/api/health", {}, '"status":"down"'],
  ];
});
test.afterAll(async () => {
  resume();
  await portal.stop();
});

const ask = (path: string, headers: Record<string, string>) =>
  fetch(new URL(path, portal.facts.url), { headers, redirect: "manual", signal: AbortSignal.timeout(BOUND_MS) });

async function expectAllAnswer(): Promise<void> {
  const readStatuses = () => Promise.all(asked.map(async ([, path, headers]) => (await ask(path, headers)).status));
  await expect.poll(readStatuses, { timeout: 180_000 }).toEqual(asked.map(() => 200));
}

test("all of it answers", expectAllAnswer);

test("while the database hangs, pages, polls, the API and health answer 503, and actions say it", async () => {
  resume = pausePostgres(portal.facts.dataDir);
  for (const [name, path, headers, told] of asked) {
    const answer = await ask(path, headers);
    expect(answer.status, name).toBe(503);
    expect(answer.headers.get("content-security-policy"), name).toContain("default-src 'none'");
    expect(await answer.text(), name).toContain(told);
  }
  const action = await client.disable({ project: "demo", region: "north" });
  expect(action).toMatchObject({ kind: "refused", code: "UNAVAILABLE" });
});

test("when the database goes on, everything comes back by itself, with the same sessions", async () => {
  resume();
  await expectAllAnswer();
  expect(await client.readCards("demo")).toMatchObject({ kind: "data" });
});

test("a page that loses the database after it began is answered 503", async () => {
  const { DATABASE_URL = "" } = await readWebEnvironment(portal);
  const answer = await withDatabase(DATABASE_URL, async (database) => {
    await database.query("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE");
    const page = ask(DASHBOARD, { cookie, accept: "text/html" });
    // The page waits for its session. A database that restarts ends the connection like this.
    await waitFor("the page to lose its connection", async () => {
      // A transaction sees the state of others as it was at its first look, unless it is told to look again.
      await database.query("SELECT pg_stat_clear_snapshot()");
      const { rowCount } = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND query LIKE '%sessions%' AND pid <> pg_backend_pid()`,
      );
      return rowCount;
    });
    const lost = await page;
    await database.query("ROLLBACK");
    return lost;
  });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(await answer.text()).toContain(SENTENCE);
  await expectAllAnswer();
});
