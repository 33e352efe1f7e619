import type { CredentialsPage } from "../fixtures/credentials-page";
import {
  clickEnable,
  clickRegenerate,
  holdVerification,
  isKeyCall,
  SETTLED_SECONDS,
  useFaultyPortal,
  works,
} from "../fixtures/faulty-portal";
import type { S3Credentials } from "../fixtures/s3-tools";
import { expect, test } from "../fixtures/test";
import { waitFor } from "@/testing/wait";

const faulty = useFaultyPortal();

test("kill -9 of the storage system at each step: no orphan, no lost key", async ({ browser }) => {
  const idsBefore = await faulty.storage.readKeyIds();
  const settled: { credentials: CredentialsPage; live: S3Credentials; revoked?: S3Credentials }[] = [];

  const holds = [
    () => faulty.storage.admin.inject({ match: isKeyCall("PUT"), when: "before", what: "hold", times: 1 }),
    () => faulty.storage.admin.inject({ match: isKeyCall("PUT"), when: "after", what: "hold", times: 1 }),
    () => holdVerification(faulty.storage),
  ];
  for (const hold of holds) {
    const credentials = await faulty.openFreshProject(await faulty.openPage(browser));
    const live = await credentials.enable("faulty");
    await credentials.hideSecret();
    const held = hold();
    await clickRegenerate(credentials);
    await held.reached;
    await faulty.storage.kill();
    const alert = credentials.page.getByRole("dialog").getByRole("alert");
    await expect(alert).toContainText("Your current keys still work.", { timeout: 180_000 });
    // Only now, so that the reply of the held call is lost.
    held.release();
    await faulty.storage.start();
    expect(await works(live)).toBe(true);
    settled.push({ credentials, live });
  }

  for (const when of ["before", "after"] as const) {
    const credentials = await faulty.openFreshProject(await faulty.openPage(browser));
    const revoked = await credentials.enable("faulty");
    await credentials.hideSecret();
    const held = faulty.storage.admin.inject({ match: isKeyCall("DELETE"), when, what: "hold", times: 1 });
    const live = await credentials.regenerate("faulty");
    await held.reached;
    await faulty.storage.kill();
    held.release();
    await faulty.storage.start();
    expect(await works(live)).toBe(true);
    settled.push({ credentials, live, revoked });
  }

  const wanted = settled.map(({ live }) => live.accessKeyId).sort();
  await waitFor(
    "everything to settle",
    async () => {
      const ids = (await faulty.storage.readKeyIds()).filter((id) => !idsBefore.includes(id));
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
  const credentials = await faulty.openFreshProject(await faulty.openPage(browser));
  const idsBefore = await faulty.storage.readKeyIds();
  const broken = faulty.storage.admin.inject({ match: isKeyCall("PUT"), when: "after", what: "drop", times: 1 });
  const unremovable = faulty.storage.admin.inject({
    match: isKeyCall("DELETE"),
    when: "before",
    what: "error",
    times: 1,
  });
  await clickEnable(credentials);
  const held = faulty.storage.admin.inject({ match: isKeyCall("DELETE"), when: "before", what: "hold" });
  await expect(credentials.page.getByRole("dialog").getByRole("alert")).toContainText("is being removed", {
    timeout: 120_000,
  });
  expect(await faulty.storage.readKeyIds()).toHaveLength(idsBefore.length + 1);
  await held.reached;
  await faulty.portal.crash("worker");
  for (const injected of [broken, unremovable, held]) injected.release();
  await waitFor(
    "the removal",
    async () => (await faulty.storage.readKeyIds()).length === idsBefore.length,
    SETTLED_SECONDS,
  );
  await credentials.page.reload();
  const key = await credentials.enable("faulty");
  await credentials.hideSecret();
  expect(await works(key)).toBe(true);
  await credentials.page.context().close();
});
