import type { Browser, Page } from "@playwright/test";
import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { addFaultyRegion, type FaultyStorage } from "../fixtures/faulty-storage";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, test } from "../fixtures/test";
import { waitFor } from "@/testing/wait";
import type { Injection } from "@/testing/proxies/fault-proxy";

/** Three times the lease, the time to acknowledge and the worker's next round together. */
const SETTLED_SECONDS = 450;

test.describe.configure({ mode: "serial" });
test.use({ expectedErrors: [/Failed to load resource/, /Failed to fetch/, /ERR_/] });

let portal: OwnPortal;
let storage: FaultyStorage;

test.beforeAll(async () => {
  portal = await startOwnPortal();
  storage = await addFaultyRegion(portal.facts);
});
test.afterAll(async () => {
  await storage.stop();
  await portal.stop();
});

let projects = 0;

/** Opens the dashboard of a new project as its member+. */
async function openFreshProject(page: Page): Promise<CredentialsPage> {
  projects += 1;
  const slug = `fault-${projects}`;
  const mia = personOf(portal.facts, "member+");
  await runAdmin(portal.facts, ["project", "create", slug, "--name", `Fault ${projects}`]);
  await runAdmin(portal.facts, ["member", "set", slug, mia.email, "member+"]);
  const facts = {
    ...portal.facts,
    regions: [{ name: "faulty", endpoint: storage.endpoint, signingRegion: "faulty-1" }],
  };
  const credentials = new CredentialsPage(page, facts, slug);
  await credentials.open();
  return credentials;
}

async function clickEnable({ page }: CredentialsPage): Promise<void> {
  await page.getByRole("article", { name: "faulty" }).getByRole("button", { name: "Enable CLI Access" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Enable", exact: true }).click();
}

async function clickRegenerate(credentials: CredentialsPage): Promise<void> {
  await credentials.card("faulty").getByRole("button", { name: "Regenerate Keys" }).click();
  const dialog = credentials.page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await dialog.getByRole("button", { name: "Regenerate Keys" }).click();
}

/** Opens a page of this spec's own portal, signed in as its member+. */
async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: portal.facts.url });
  await signInByRequest(context, portal.facts.url, personOf(portal.facts, "member+"));
  return context.newPage();
}

const isKeyCall = (wanted: string) => (method: string, path: string) => method === wanted && path.includes("/keys/");
const works = async (key: S3Credentials) => (await aws(key, ["s3", "ls"])).code === 0;

test.describe("a storage system that fails", () => {
  const faults = [
    ["answers garbage", { when: "after", what: "garbage" }],
    ["breaks the connection", { when: "after", what: "drop" }],
    ["answers after the deadline", { when: "after", what: "hold" }],
  ] as const;
  for (const [name, fault] of faults) {
    test(`${name}: the user reads that the old keys work, and they do`, async ({ browser }) => {
      const page = await openPage(browser);
      const credentials = await openFreshProject(page);
      const key = await credentials.enable("faulty");
      await credentials.hideSecret();
      const injected = storage.admin.inject({ match: isKeyCall("PUT"), ...fault, times: 1 });
      await clickRegenerate(credentials);
      await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Your current keys still work.", {
        timeout: 120_000,
      });
      injected.release();
      expect(await works(key)).toBe(true);
      await page.reload();
      await credentials.expectState("faulty", "ACTIVE");
      await expect(credentials.card("faulty")).toContainText(key.accessKeyId);
      const next = await credentials.regenerate("faulty");
      await credentials.hideSecret();
      expect(await works(next)).toBe(true);
      await page.context().close();
    });
  }

  test("is down: nothing was changed, and after its return the same click works", async ({ browser }) => {
    const page = await openPage(browser);
    const credentials = await openFreshProject(page);
    const before = await storage.readKeyIds();
    await storage.kill();
    await clickEnable(credentials);
    await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Nothing was changed", {
      timeout: 120_000,
    });
    await storage.start();
    expect(await storage.readKeyIds()).toEqual(before);
    await page.reload();
    const key = await credentials.enable("faulty");
    await credentials.hideSecret();
    await storage.kill();
    await storage.start();
    expect(await works(key)).toBe(true);
    await page.context().close();
  });
});

test("no key is called removed before the storage system has proved it", async ({ browser }) => {
  const page = await openPage(browser);
  const credentials = await openFreshProject(page);
  const key = await credentials.enable("faulty");
  await credentials.hideSecret();
  const held = storage.admin.inject({
    match: (method) => method === "DELETE" || method === "PATCH",
    when: "before",
    what: "hold",
  });
  const dialog = page.getByRole("dialog");
  const said: string[] = [];
  await page.exposeFunction("note", (text: string) => said.push(text));
  await page.evaluate(() => {
    const note = (window as unknown as { note: (text: string) => void }).note;
    new MutationObserver(() => note(document.querySelector("[role=dialog]")?.textContent ?? "")).observe(
      document.body,
      {
        childList: true,
        subtree: true,
        characterData: true,
      },
    );
  });
  await credentials.card("faulty").getByRole("button", { name: "Disable Access" }).click();
  await dialog.getByRole("textbox", { name: "Type confirm to continue" }).fill("confirm");
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await held.reached;
  await expect(dialog).toContainText("being removed");
  expect(await works(key)).toBe(true);
  expect(said.join()).not.toContain("The keys are removed");
  held.release();
  await expect(dialog).toContainText("The keys are removed, and every gateway refuses them.", { timeout: 180_000 });
  expect(await works(key)).toBe(false);
  await page.context().close();
});

test("kill -9 of the web process at each step: no orphan, no lost key", async ({ browser }) => {
  const open = async () => openFreshProject(await openPage(browser));
  const idsBefore = await storage.readKeyIds();
  const holdPut = (when: "before" | "after") =>
    storage.admin.inject({ match: isKeyCall("PUT"), when, what: "hold", times: 1 });

  // One crash for each step, when the step is reached. A call that is held for long would end by its deadline instead.
  const holds: [() => Injection, made: number][] = [
    [() => holdPut("before"), 0],
    [() => holdPut("after"), 1],
    [() => storage.gateway.inject({ match: () => true, when: "before", what: "hold", times: 1 }), 1],
  ];
  const undone: CredentialsPage[] = [];
  for (const [hold, made] of holds) {
    const credentials = await open();
    const before = await storage.readKeyIds();
    const held = hold();
    // Begins with the step, not with the return of the click: a call that is held for 8 s ends by its deadline.
    const crashed = held.reached.then(async () => {
      const ids = await storage.readKeyIds();
      await portal.crash("web");
      return ids;
    });
    await clickEnable(credentials);
    expect((await crashed).filter((id) => !before.includes(id))).toHaveLength(made);
    // The held call now reaches the storage system, after the end of the process that sent it.
    held.release();
    undone.push(credentials);
  }

  const delivered = await open();
  const unacknowledged = delivered.page.waitForRequest((request) => (request.postData() ?? "").includes("operationId"));
  await delivered.page.route("**", (route) =>
    (route.request().postData() ?? "").includes("operationId") ? route.abort() : route.continue(),
  );
  await clickEnable(delivered);
  await unacknowledged;
  await portal.crash("web");
  undone.push(delivered);

  const revoking = await open();
  const old = await revoking.enable("faulty");
  await revoking.hideSecret();
  const held = storage.admin.inject({
    match: (_method, path) => path.endsWith(old.accessKeyId),
    when: "before",
    what: "hold",
  });
  const fresh = await revoking.regenerate("faulty");
  await held.reached;
  expect(await works(old)).toBe(true);
  await portal.crash("web");
  held.release();

  await waitFor(
    "everything to settle",
    async () => {
      const ids = (await storage.readKeyIds()).filter((id) => !idsBefore.includes(id));
      return ids.length === 1 && ids[0] === fresh.accessKeyId;
    },
    SETTLED_SECONDS,
  );
  expect(await works(old)).toBe(false);
  expect(await works(fresh)).toBe(true);

  for (const credentials of undone) {
    await credentials.page.unrouteAll();
    await credentials.page.reload();
    await credentials.expectState("faulty", "NOT CONFIGURED");
    const key = await credentials.enable("faulty");
    await credentials.hideSecret();
    expect(await works(key)).toBe(true);
    await credentials.page.context().close();
  }
  await revoking.page.reload();
  await revoking.expectState("faulty", "ACTIVE");
  await expect(revoking.card("faulty")).toContainText(fresh.accessKeyId);
  await revoking.page.context().close();
});

test("kill -9 of the storage system at each step: no orphan, no lost key", async ({ browser }) => {
  const idsBefore = await storage.readKeyIds();
  const settled: { credentials: CredentialsPage; live: S3Credentials; revoked?: S3Credentials }[] = [];

  const holds = [
    () => storage.admin.inject({ match: isKeyCall("PUT"), when: "before", what: "hold", times: 1 }),
    () => storage.admin.inject({ match: isKeyCall("PUT"), when: "after", what: "hold", times: 1 }),
    () => storage.gateway.inject({ match: () => true, when: "before", what: "hold", times: 1 }),
  ];
  for (const hold of holds) {
    const credentials = await openFreshProject(await openPage(browser));
    const live = await credentials.enable("faulty");
    await credentials.hideSecret();
    const held = hold();
    await clickRegenerate(credentials);
    await held.reached;
    await storage.kill();
    const alert = credentials.page.getByRole("dialog").getByRole("alert");
    await expect(alert).toContainText("Your current keys still work.", { timeout: 180_000 });
    // Only now, so that the reply of the held call is lost.
    held.release();
    await storage.start();
    expect(await works(live)).toBe(true);
    settled.push({ credentials, live });
  }

  for (const when of ["before", "after"] as const) {
    const credentials = await openFreshProject(await openPage(browser));
    const revoked = await credentials.enable("faulty");
    await credentials.hideSecret();
    const held = storage.admin.inject({ match: isKeyCall("DELETE"), when, what: "hold", times: 1 });
    const live = await credentials.regenerate("faulty");
    await held.reached;
    await storage.kill();
    held.release();
    await storage.start();
    expect(await works(live)).toBe(true);
    settled.push({ credentials, live, revoked });
  }

  const wanted = settled.map(({ live }) => live.accessKeyId).sort();
  await waitFor(
    "everything to settle",
    async () => {
      const ids = (await storage.readKeyIds()).filter((id) => !idsBefore.includes(id));
      return ids.sort().join() === wanted.join();
    },
    SETTLED_SECONDS,
  );
  const revoked = settled.flatMap(({ revoked: key }) => key ?? []);
  expect(revoked).toHaveLength(2);
  for (const key of revoked) expect(await works(key)).toBe(false);
  for (const { credentials, live } of settled) {
    expect(await works(live)).toBe(true);
    await credentials.page.reload();
    await credentials.expectState("faulty", "ACTIVE");
    await expect(credentials.card("faulty")).toContainText(live.accessKeyId);
    await credentials.page.context().close();
  }
});

test("kill -9 of the worker during a removal: the next worker finishes it", async ({ browser }) => {
  const credentials = await openFreshProject(await openPage(browser));
  const idsBefore = await storage.readKeyIds();
  const broken = storage.admin.inject({ match: isKeyCall("PUT"), when: "after", what: "drop", times: 1 });
  const unremovable = storage.admin.inject({ match: isKeyCall("DELETE"), when: "before", what: "error", times: 1 });
  await clickEnable(credentials);
  const held = storage.admin.inject({ match: isKeyCall("DELETE"), when: "before", what: "hold" });
  await expect(credentials.page.getByRole("dialog").getByRole("alert")).toContainText("is being removed", {
    timeout: 120_000,
  });
  expect(await storage.readKeyIds()).toHaveLength(idsBefore.length + 1);
  await held.reached;
  await portal.crash("worker");
  for (const injected of [broken, unremovable, held]) injected.release();
  await waitFor("the removal", async () => (await storage.readKeyIds()).length === idsBefore.length, SETTLED_SECONDS);
  await credentials.page.reload();
  const key = await credentials.enable("faulty");
  await credentials.hideSecret();
  expect(await works(key)).toBe(true);
  await credentials.page.context().close();
});

test("kill -9 of everything, then the same command: all data is there", async ({ browser }) => {
  const page = await openPage(browser);
  const credentials = new CredentialsPage(page, portal.facts);
  await credentials.open();
  const key = await credentials.enable("north");
  await credentials.hideSecret();
  expect((await aws(key, ["s3", "mb", "s3://before-the-crash"])).code).toBe(0);
  await portal.crashAll();
  await portal.startAgain();
  expect((await aws(key, ["s3", "ls"])).stdout).toContain("before-the-crash");
  await page.reload();
  await credentials.expectState("north", "ACTIVE");
  await expect(credentials.card("north")).toContainText(key.accessKeyId);
  await page.context().close();
});
