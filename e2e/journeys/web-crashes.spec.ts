import { CredentialsPage } from "../fixtures/credentials-page";
import {
  clickEnable,
  holdVerification,
  isKeyCall,
  SETTLED_SECONDS,
  useFaultyPortal,
  works,
} from "../fixtures/faulty-portal";
import { aws } from "../fixtures/s3-tools";
import { expect, test } from "../fixtures/test";
import { waitFor } from "@/testing/wait";
import type { Injection } from "@/testing/proxies/fault-proxy";

const faulty = useFaultyPortal();

test("kill -9 of the web process at each step: no orphan, no lost key", async ({ browser }) => {
  const open = async () => faulty.openFreshProject(await faulty.openPage(browser));
  const idsBefore = await faulty.storage.readKeyIds();
  const holdPut = (when: "before" | "after") =>
    faulty.storage.admin.inject({ match: isKeyCall("PUT"), when, what: "hold", times: 1 });

  // One crash for each step, when the step is reached. A call that is held for long would end by its deadline instead.
  const holds: [() => Injection, made: number][] = [
    [() => holdPut("before"), 0],
    [() => holdPut("after"), 1],
    [() => holdVerification(faulty.storage), 1],
  ];
  const undone: CredentialsPage[] = [];
  for (const [hold, made] of holds) {
    const credentials = await open();
    const before = await faulty.storage.readKeyIds();
    const held = hold();
    // Begins with the step, not with the return of the click: a call that is held for 8 s ends by its deadline.
    const crashed = held.reached.then(async () => {
      const ids = await faulty.storage.readKeyIds();
      await faulty.portal.crash("web");
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
  await faulty.portal.crash("web");
  undone.push(delivered);

  const revoking = await open();
  const old = await revoking.enable("faulty");
  await revoking.hideSecret();
  const held = faulty.storage.admin.inject({
    match: (_method, path) => path.endsWith(old.accessKeyId),
    when: "before",
    what: "hold",
  });
  const fresh = await revoking.regenerate("faulty");
  await held.reached;
  expect(await works(old)).toBe(true);
  await faulty.portal.crash("web");
  held.release();

  await waitFor(
    "everything to settle",
    async () => {
      const ids = (await faulty.storage.readKeyIds()).filter((id) => !idsBefore.includes(id));
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

test("kill -9 of everything, then the same command: all data is there", async ({ browser }) => {
  const page = await faulty.openPage(browser);
  const credentials = new CredentialsPage(page, faulty.portal.facts);
  await credentials.open();
  const key = await credentials.enable("north");
  await credentials.hideSecret();
  expect((await aws(key, ["s3", "mb", "s3://before-the-crash"])).code).toBe(0);
  await faulty.portal.crashAll();
  await faulty.portal.startAgain();
  expect((await aws(key, ["s3", "ls"])).stdout).toContain("before-the-crash");
  await page.reload();
  await credentials.expectState("north", "ACTIVE");
  await expect(credentials.card("north")).toContainText(key.accessKeyId);
  await page.context().close();
});
