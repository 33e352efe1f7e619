import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { sealRotation } from "@/lib/regions/administration/read-rotation";
import { giveUpRotation, resumeRotation } from "@/lib/regions/administration/resume-rotation";
import { rotateCredentials } from "@/lib/regions/administration/rotate-credentials";
import { checkSaved, saveWish } from "@/lib/regions/administration/save-region";
import { loadRegion } from "@/lib/regions/loaders";
import { credentialsContext, findRegion, openCredentials, openProvider } from "@/lib/regions/data";
import { startTestDatabase } from "@/testing/database/test-database";
import { findFreePorts } from "@/testing/ports";
import { makeUser } from "@/testing/factories/people";
import { readAccessKey, runRadosgwAdmin } from "@/testing/rig/ceph";
import { connectKeystoneDriver, TEST_PASSWORD } from "@/testing/rig/keystone-driver";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Ceph, skipped for want of ${missing.join(", ")}` : "a real Ceph";

describe.skipIf(missing.length > 0)(`${title} and Keystone`, { timeout: RIG_TEST_MS }, () => {
  let rig: Rig;
  let petra: Actor;
  beforeAll(async () => {
    await startTestDatabase();
    rig = await openSharedRig(["cached", "uncached"]);
    petra = await makeUser(db, "Petra", { platformRole: "platform-admin" });
  }, RIG_STARTS_WITHIN_MS);

  const place = () => ({
    endpoint: rig.gateways.find(({ kind }) => kind === "uncached")?.endpoint ?? "",
    signingRegion: "default",
    gateways: [],
  });
  const eventsOf = async (name: string) =>
    (
      await db.auditEvent.findMany({
        where: { event: { startsWith: "region.", not: "region.checked" } },
        orderBy: { at: "asc" },
      })
    )
      .filter(({ data }) => (data as { name?: string }).name === name)
      .map(({ event }) => event);
  const credentialsOf = async (name: string) => JSON.parse(openCredentials(await findRegion(name)).reveal()) as object;
  const LONG_AGO = new Date(0).toISOString();
  /** As if the process had ended after it wrote this down. Gives the id of the region. */
  const interrupt = async (name: string, phase: "making" | "ending", secret: string, plannedAt = LONG_AGO) => {
    const { id } = await findRegion(name);
    const data = { sealedRotation: sealRotation(id, { phase, secret, plannedAt }), rotatingUntil: new Date(0) };
    await db.region.update({ where: { id }, data });
    return id;
  };

  test("the key of Ceph's admin user is replaced, the former one is refused, and no key is left over", async () => {
    const uid = `rotating-${randomUUID()}`;
    const run = (args: string[]) => runRadosgwAdmin(rig.options.folder, args);
    const caps = "--caps=users=*;buckets=*;usage=*";
    const first = readAccessKey(await run(["user", "create", `--uid=${uid}`, "--display-name=Rotating", caps]));
    const readKeys = async () =>
      (JSON.parse(await run(["user", "info", `--uid=${uid}`])) as { keys: { access_key: string }[] }).keys.map(
        (key) => key.access_key,
      );
    const region = { ...place(), name: "ceph", provider: "ceph-rgw", settings: { adminUrl: rig.adminUrl } };
    expect(await saveWish(petra, { kind: "new", region: { ...region, credentials: { ...first } } })).toMatchObject({
      ok: true,
    });
    expect(await rotateCredentials(petra, "ceph")).toMatchObject({
      message: "ceph has new credentials. The former ones are refused.",
    });
    const [second] = await readKeys();
    expect(await readKeys()).toEqual([second]);
    expect(second).not.toBe(first.accessKeyId);
    expect(await credentialsOf("ceph")).toMatchObject({ accessKeyId: second });
    expect(await checkSaved(petra, "ceph")).toMatchObject({ ok: true });
    const events = ["region.created", "region.rotating", "region.rotated", "region.former-ended"];
    expect(await eventsOf("ceph")).toEqual(events);

    // The process ended when the key was made, and nothing was saved.
    const context = { signal: AbortSignal.timeout(30_000), requestId: "test" };
    const provider = openProvider(await findRegion("ceph"));
    const plan = new Secret(JSON.stringify({ accessKeyId: "LKROTATIONINTERRUPT1" }));
    await provider.makeCredentials?.(plan, context);
    expect(await readKeys()).toHaveLength(2);
    const now = new Date().toISOString();
    await resumeRotation(await interrupt("ceph", "making", plan.reveal(), now));
    expect(await readKeys()).toEqual([second]);
    // The request may arrive late: the plan is kept, and the key is removed again.
    expect((await findRegion("ceph")).sealedRotation).not.toBeNull();
    expect(await rotateCredentials(petra, "ceph")).toMatchObject({ reason: "region-refused" });
    await provider.makeCredentials?.(plan, context);
    // What another process has taken over is left to it.
    const claimed = await findRegion("ceph");
    await giveUpRotation({ ...claimed, rotatingUntil: new Date(1) }, { sure: true });
    expect(await readKeys()).toHaveLength(2);
    await resumeRotation(await interrupt("ceph", "making", plan.reveal()));
    expect(await readKeys()).toEqual([second]);
    expect(await findRegion("ceph")).toMatchObject({ sealedRotation: null, rotatingUntil: null });

    // The process ended when the new ones were saved, and the former ones worked on.
    const former = await credentialsOf("ceph");
    const made = (await provider.makeCredentials?.(plan, context)) ?? new Secret("{}");
    const change = { name: "ceph", credentials: JSON.parse(made.reveal()) as Record<string, string> };
    expect(await saveWish(petra, { kind: "changed", region: change })).toMatchObject({ ok: true });
    // A gateway has died for good: the former key is never proved refused there, and stays listed.
    const gone = `http://127.0.0.1:${await findFreePorts(1)}`;
    const { endpoint } = place();
    await db.region.update({ where: { name: "ceph" }, data: { gateways: [endpoint, gone] } });
    await expect(resumeRotation(await interrupt("ceph", "ending", JSON.stringify(former)))).rejects.toThrow("listens");
    expect(await readKeys()).toEqual(["LKROTATIONINTERRUPT1"]);
    const withoutIt = { name: "ceph", gateways: [endpoint] };
    expect(await saveWish(petra, { kind: "changed", region: withoutIt })).toMatchObject({
      reason: "region-refused",
      message: expect.stringContaining("or give despiteRotation") as string,
    });
    const despite = { ...withoutIt, despiteRotation: true };
    expect(await saveWish(petra, { kind: "changed", region: despite })).toMatchObject({ ok: true });
    expect((await loadRegion("ceph"))?.region).toMatchObject({
      gateways: [endpoint],
      rotation: {
        phase: "ending",
        credentials: { accessKeyId: second },
        problem: expect.stringContaining("nothing listens") as string,
      },
    });
    await resumeRotation((await findRegion("ceph")).id);
    expect(await findRegion("ceph")).toMatchObject({ sealedRotation: null, rotationError: null });
    expect((await eventsOf("ceph")).slice(-2)).toEqual(["region.changed", "region.former-ended"]);
    expect(await checkSaved(petra, "ceph")).toMatchObject({ ok: true });
  });

  test("the password of Keystone's service user is replaced, and after a crash the one that works counts", async () => {
    const driver = await connectKeystoneDriver(rig);
    const userName = `rotating-${randomUUID()}`;
    const { projectName } = driver.options;
    await driver.createUser(userName, "admin", projectName);
    const settings = { identityUrl: driver.options.identityUrl, userName, projectName, cacheSeconds: "0" };
    const region = { ...place(), name: "openstack", provider: "keystone", settings };
    const credentials = { password: TEST_PASSWORD };
    expect(await saveWish(petra, { kind: "new", region: { ...region, credentials } })).toMatchObject({ ok: true });
    expect(await rotateCredentials(petra, "openstack")).toMatchObject({
      message: "openstack has new credentials. The former ones are refused.",
    });
    const second = await credentialsOf("openstack");
    expect(second).not.toEqual(credentials);
    expect(await checkSaved(petra, "openstack")).toMatchObject({ ok: true });

    // The process ended when the password was changed, and it was not saved.
    const context = { signal: AbortSignal.timeout(30_000), requestId: "test" };
    const plan = new Secret(JSON.stringify({ password: "the password of the plan, and of nobody" }));
    await openProvider(await findRegion("openstack")).makeCredentials?.(plan, context);
    await resumeRotation(await interrupt("openstack", "making", plan.reveal()));
    expect(await credentialsOf("openstack")).toEqual(JSON.parse(plan.reveal()));
    // It ended before the password was changed: the request may still arrive, so the change is finished.
    const unused = new Secret(JSON.stringify({ password: "a password that was only planned" }));
    await resumeRotation(await interrupt("openstack", "making", unused.reveal()));
    expect(await credentialsOf("openstack")).toEqual(JSON.parse(unused.reveal()));
    expect(await checkSaved(petra, "openstack")).toMatchObject({ ok: true });
    expect((await findRegion("openstack")).sealedRotation).toBeNull();
    expect((await eventsOf("openstack")).slice(-4)).toEqual([
      "region.rotated",
      "region.former-ended",
      "region.rotated",
      "region.former-ended",
    ]);
    // Another region with the same service user would lose its access.
    const other = { ...region, name: "openstack-2", settings: { ...settings, domain: "other" } };
    const row = await findRegion("openstack");
    const { id: _id, ...copy } = row;
    const { id } = await db.region.create({
      data: {
        ...copy,
        ...place(),
        name: other.name,
        settings: other.settings,
        calibration: {},
        sealedCredentials: null,
      },
    });
    const sealed = seal(openCredentials(row).reveal(), parseMasterKey(env.LATCHKEY_MASTER_KEY), credentialsContext(id));
    await db.region.update({ where: { id }, data: { sealedCredentials: Uint8Array.from(sealed) } });
    expect(await rotateCredentials(petra, "openstack")).toMatchObject({
      reason: "region-refused",
      message: expect.stringContaining("The region openstack-2 uses the same credentials") as string,
    });
  });
});
