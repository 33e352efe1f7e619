import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSharedRig, RIG_STARTS_WITHIN_MS } from "@/testing/rig/shared-rig";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import { revokeKey, startRevocation } from "@/lib/access-keys/revoke/revoke";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startTestDatabase } from "@/testing/database/test-database";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { measureRefusal } from "@/lib/access-keys/revoke/measure";
import { noteRefused, openReceipts } from "@/lib/receipts/data";
import type { Calibration } from "@/lib/providers/calibration";
import type { Provider } from "@/lib/providers/provider";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { openProvider } from "@/lib/regions/data";
import { checkRegionInput, putRegion } from "@/lib/regions/mutations";
import { startAlikeGateway } from "@/testing/proxies/indistinct-gateway";
import { decideEnd, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
let storage: Storage;
let mia: Actor;
let scope: ProjectScope;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, masterKey);
  mia = await makeUser(db, "Mia");
});
afterAll(() => storage.stop());

beforeEach(async () => {
  const project = await makeProject(db, [[mia, "member+"]]);
  scope = await authorizeProject(mia, project.slug, "keys:issue");
});

/** The id of a key whose end is decided. */
async function decideAnEnd(region: string): Promise<string> {
  const { change } = await makeKey(scope, region);
  await decideEnd(scope, region);
  return change.keyId;
}

const readKey = (id: string) =>
  db.accessKey.findUniqueOrThrow({ where: { id }, include: { receipts: { orderBy: { gateway: "asc" } } } });

describe("a gateway that answers alike, on a storage system that gives no secret", () => {
  let alike: Awaited<ReturnType<typeof startAlikeGateway>>;
  beforeAll(async () => {
    const north = storage.regions.find(({ name }) => name === "north");
    alike = await startAlikeGateway(north?.endpoint ?? "");
    await db.region.update({ where: { name: "north" }, data: { gateways: [north?.endpoint ?? "", alike.endpoint] } });
  });
  afterAll(() => alike.stop());

  test("is called not measurable, its bound is waited out, and the other is measured", async () => {
    const keyId = await decideAnEnd("north");
    // The bound of the built-in server is a second: attempts before that are too early.
    await expect
      .poll(
        () =>
          revokeKey(keyId).then(
            () => "over",
            (error: Error) => error.message,
          ),
        { timeout: 60_000 },
      )
      .toBe("over");
    const overAt = await readDatabaseClock(db);
    const { state, receipts } = await readKey(keyId);
    expect(state).toBe("REVOKED");
    const waitedMs = overAt.getTime() - (receipts[0]?.removedAt.getTime() ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(1_000);
    expect(receipts.map((receipt) => [receipt.gateway, receipt.firstRefusedAt !== null, receipt.unmeasurable])).toEqual(
      [
        ["gateway 1", true, null],
        ["gateway 2", false, "it gives the same answer to a removed key and to a wrong secret"],
      ],
    );
    const event = await db.auditEvent.findFirstOrThrow({ where: { keyId, event: "key.revoked" } });
    expect(event.data).toMatchObject({ unmeasured: ["gateway 2"] });
  });

  test("a measurement that fails takes no other gateway's refusal with it", async () => {
    const keyId = await decideAnEnd("north");
    const region = await db.region.findUniqueOrThrow({ where: { name: "north" } });
    const provider = openProvider(region);
    const [gateway] = provider.gateways();
    const broken = { name: "gateway 2", endpoint: "http://broken" };
    const gateways = [gateway ?? broken, broken];
    const removedAt = new Date();
    await withTransaction((tx) =>
      openReceipts(tx, { keys: [{ id: keyId, removedAt }], gateways, sampled: false, askedAt: null }),
    );
    const failing: Provider = {
      ...provider,
      gateways: () => gateways,
      probe: (at, ...more) =>
        at.endpoint === broken.endpoint ? Promise.reject(new TypeError("a bug")) : provider.probe(at, ...more),
    };
    const key = { id: keyId, accessKeyId: "LKNOBODYHASTHISONE00", removedAt, secret: undefined };
    const calibration: Calibration = Object.fromEntries(
      gateways.map(({ endpoint }) => [endpoint, "random-secret" as const]),
    );
    await expect(measureRefusal(failing, key, calibration)).rejects.toThrow("a bug");
    expect((await readKey(keyId)).receipts.map(({ firstRefusedAt }) => firstRefusedAt !== null)).toEqual([true, false]);
  });

  test("no refusal comes before the removal, or before another process's acceptance", async () => {
    const keyId = await decideAnEnd("north");
    const later = new Date(Date.now() + 60_000);
    const receipt = { keyId, gateway: "late", sampled: false };
    const removed = await db.receipt.create({ data: { ...receipt, endpoint: "http://removed", removedAt: later } });
    const accepted = await db.receipt.create({
      data: { ...receipt, endpoint: "http://accepted", removedAt: new Date(), lastAcceptedAt: later },
    });
    for (const { id } of [removed, accepted]) {
      await noteRefused([id]);
      expect((await db.receipt.findUniqueOrThrow({ where: { id } })).firstRefusedAt).toEqual(later);
    }
  });

  test("the first refusal stands", async () => {
    const keyId = await decideAnEnd("north");
    const { id } = await db.receipt.create({
      data: { keyId, gateway: "once", endpoint: "http://once", sampled: false, removedAt: new Date() },
    });
    const read = async () => (await db.receipt.findUniqueOrThrow({ where: { id } })).firstRefusedAt;
    await noteRefused([id]);
    const first = await read();
    await noteRefused([id]);
    expect(first).toBeInstanceOf(Date);
    expect(await read()).toEqual(first);
  });

  test("a gateway that was taken off the region meanwhile holds nothing up", async () => {
    const keyId = await decideAnEnd("north");
    await db.receipt.create({
      data: { keyId, gateway: "gateway 3", endpoint: "http://gone", sampled: false, removedAt: new Date() },
    });
    await expect
      .poll(
        () =>
          revokeKey(keyId).then(
            () => "over",
            () => "not yet",
          ),
        { timeout: 20_000 },
      )
      .toBe("over");
    const gone = (await readKey(keyId)).receipts.find(({ gateway }) => gateway === "gateway 3");
    expect(gone?.unmeasurable).toBe("it is no longer a gateway of the region");
  });
});

test("gateways put into another order do not inherit each other's receipts, and a new one gets its own", async () => {
  const south = storage.regions.find(({ name }) => name === "south") ?? { endpoint: "" };
  const silent = await startAlikeGateway("http://127.0.0.1:9");
  const found = { calibration: { [south.endpoint]: "random-secret" }, calibratedAt: new Date() };
  await db.region.update({ where: { name: "south" }, data: { gateways: [silent.endpoint, south.endpoint], ...found } });
  const { change } = await makeKeyAt("south", [south.endpoint]);
  await decideEnd(scope, "south");
  await db.region.update({ where: { name: "south" }, data: { gateways: [south.endpoint, silent.endpoint] } });
  await expect(revokeKey(change.keyId)).rejects.toThrow("not every gateway refuses");
  const { receipts } = await readKey(change.keyId);
  const byEndpoint = Object.fromEntries(
    receipts.map(({ endpoint, firstRefusedAt }) => [endpoint, firstRefusedAt !== null]),
  );
  expect(byEndpoint).toEqual({ [south.endpoint]: true, [silent.endpoint]: false });
  await silent.stop();
});

/** A key proved at these gateways only. */
async function makeKeyAt(region: string, gateways: string[]) {
  const { gateways: listed } = await db.region.findUniqueOrThrow({ where: { name: region } });
  await db.region.update({ where: { name: region }, data: { gateways } });
  const made = await makeKey(scope, region);
  await db.region.update({ where: { name: region }, data: { gateways: listed } });
  return made;
}

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Ceph, skipped for want of ${missing.join(", ")}` : "a real Ceph";

describe.skipIf(missing.length > 0)(`${title}, where one gateway asks Keystone first`, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openSharedRig(["uncached", "keystone-first"]);
    const checked = await checkRegionInput({
      name: "ceph",
      provider: "ceph-rgw",
      endpoint: rig.gateways[0]?.endpoint ?? "",
      signingRegion: "default",
      gateways: rig.gateways.map(({ endpoint }) => endpoint),
      settings: { adminUrl: rig.adminUrl, cacheSeconds: 1 },
      credentials: new Secret(JSON.stringify(rig.admin)),
    });
    await db.$transaction((tx) => putRegion(tx, SYSTEM_ACTOR, checked, masterKey));
  }, RIG_STARTS_WITHIN_MS);

  test("it is found out with a throwaway key, of which nothing is left", async () => {
    const region = await db.region.findUniqueOrThrow({ where: { name: "ceph" } });
    expect(region.calibration).toEqual({
      [rig.gateways[0]?.endpoint ?? ""]: "random-secret",
      [rig.gateways[1]?.endpoint ?? ""]: "real-secret",
    });
    expect(region.calibratedAt).toBeInstanceOf(Date);
  });

  test("the pair itself measures it, from the removal on", async () => {
    const keyId = await decideAnEnd("ceph");
    await startRevocation([keyId]);
    const { state, receipts } = await readKey(keyId);
    expect(state).toBe("REVOKED");
    const isAfter = (refused: Date | null, removed: Date) => refused !== null && refused >= removed;
    expect(
      receipts.map(({ gateway, firstRefusedAt, removedAt }) => [gateway, isAfter(firstRefusedAt, removedAt)]),
    ).toEqual([
      ["gateway 1", true],
      ["gateway 2", true],
    ]);
  });

  test("when the process that has the pair is gone, the receipt says so and the bound counts", async () => {
    const keyId = await decideAnEnd("ceph");
    const held = await db.accessKey.findUniqueOrThrow({ where: { id: keyId }, include: { principal: true } });
    await removeAsAnotherProcess(held);
    // The other process may still be measuring, so this one decides nothing.
    await expect(revokeKey(keyId)).rejects.toThrow("not every gateway refuses");
    expect((await readKey(keyId)).receipts[1]).toMatchObject({ unmeasurable: null, firstRefusedAt: null });
    await db.receipt.updateMany({ where: { keyId }, data: { askedAt: new Date(Date.now() - 120_000) } });
    await expect
      .poll(
        () =>
          revokeKey(keyId).then(
            () => "over",
            () => "not yet",
          ),
        { timeout: 20_000 },
      )
      .toBe("over");
    const { receipts } = await readKey(keyId);
    expect(receipts[0]?.firstRefusedAt).toBeInstanceOf(Date);
    expect(receipts[1]?.unmeasurable).toContain("the secret for the measurement was lost");
  });

  /** As far as a process comes that dies between the removal and the first refusal. */
  async function removeAsAnotherProcess(key: {
    id: string;
    accessKeyId: string;
    principal: { externalId: string };
  }): Promise<void> {
    const provider = openProvider(await db.region.findUniqueOrThrow({ where: { name: "ceph" } }));
    const context = { signal: AbortSignal.timeout(20_000), requestId: key.id };
    await provider.removeKey({ principal: key.principal.externalId, accessKeyId: key.accessKeyId }, context);
    await db.$transaction(async (tx) => {
      const removedAt = new Date();
      await tx.accessKey.update({ where: { id: key.id }, data: { removedAt } });
      const gateways = provider.gateways();
      await openReceipts(tx, { keys: [{ id: key.id, removedAt }], gateways, sampled: false, askedAt: removedAt });
    });
  }
});
