import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { runOpenstack } from "@/testing/rig/keystone";
import { openSharedRig, RIG_STARTS_WITHIN_MS } from "@/testing/rig/shared-rig";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import { loadCards } from "@/lib/access-keys/loaders/cards";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { resumePrincipal } from "@/lib/access-keys/repair/resume";
import { revokeKey, startRevocation } from "@/lib/access-keys/revoke/revoke";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { BEFORE_ALL_IDS } from "@/lib/platform/db/cursor";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import { checkRegionInput, putRegion } from "@/lib/regions/mutations";
import { listOverdueSuspensions } from "@/lib/principals/data";
import { decideEnd, type Issued, issueUnacknowledged, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";

const missing = findMissingPrograms(["openstack"]);
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(`${title}, whose gateway keeps removed pairs`, () => {
  let rig: Rig;

  beforeAll(async () => {
    await startTestDatabase();
    rig = await openSharedRig(["cached"]);
    const checked = await checkRegionInput({
      name: "openstack",
      provider: "keystone",
      endpoint: rig.adminUrl,
      signingRegion: "default",
      gateways: [rig.adminUrl],
      // The cache lasts 300 s; what is told of it decides how long a suspension lasts.
      settings: {
        identityUrl: keystone().url,
        ...userOf(),
        rgwAdminUrl: rig.adminUrl,
        exclusive: true,
        cacheSeconds: 300,
      },
      credentials: new Secret(
        JSON.stringify({
          password: keystone().user.password,
          rgwAccessKeyId: rig.admin.accessKeyId,
          rgwSecretAccessKey: rig.admin.secretAccessKey,
        }),
      ),
    });
    await db.$transaction((tx) => putRegion(tx, SYSTEM_ACTOR, checked, parseMasterKey(env.LATCHKEY_MASTER_KEY)));
  }, RIG_STARTS_WITHIN_MS);

  const keystone = () => rig.keystone ?? never();
  const userOf = () => ({ userName: keystone().user.userName, projectName: keystone().user.projectName });
  const openProject = async (): Promise<ProjectScope> => {
    const mia = await makeUser(db, `Mia ${randomUUID()}`);
    const project = await makeProject(db, [[mia, "member+"]]);
    return authorizeProject(mia, project.slug, "keys:issue");
  };
  const ask = ({ change, secret }: Issued) => {
    const context = { signal: AbortSignal.timeout(10_000), requestId: randomUUID() };
    return probeS3({ name: "rgw.1", endpoint: rig.adminUrl }, "default", change.accessKeyId, secret, context);
  };
  const enable = (scope: ProjectScope) => requestKey(scope, "openstack");
  const principalOf = (issued: Issued) => db.principal.findUniqueOrThrow({ where: { id: issued.change.principal.id } });
  const cardOf = async (scope: ProjectScope) =>
    (await loadCards(scope)).find((card) => card.region.name === "openstack");

  test("disable bites on the first request, enable waits and says until when, and then works", async () => {
    const scope = await openProject();
    const issued = await makeKey(scope, "openstack");
    expect(await ask(issued)).toBe("accepted");
    const { revoking } = await decideEnd(scope, "openstack");
    await startRevocation(revoking);
    expect(await ask(issued)).toBe("refused");
    const key = await db.accessKey.findUniqueOrThrow({
      where: { id: issued.change.keyId },
      include: { receipts: true },
    });
    expect(key.state).toBe("REVOKED");
    expect(key.receipts[0]?.firstRefusedAt).toBeInstanceOf(Date);

    const { suspendedUntil } = await principalOf(issued);
    const lasts = (suspendedUntil?.getTime() ?? 0) - (key.removedAt?.getTime() ?? 0);
    expect(lasts).toBeGreaterThanOrEqual(300_000);
    expect(await enable(scope)).toMatchObject({
      ok: false,
      reason: "suspended",
      message: expect.stringContaining("UTC"),
    });
    expect(await cardOf(scope)).toMatchObject({ state: "DISABLED", enableFrom: suspendedUntil?.toISOString() });
    await expect(resumePrincipal(issued.change.principal.id)).rejects.toThrow("still suspended");

    await db.principal.update({
      where: { id: issued.change.principal.id },
      data: { suspendedUntil: new Date(Date.now() - 60_000) },
    });
    expect((await cardOf(scope))?.enableFrom).toBeNull();
    const again = await makeKey(scope, "openstack");
    expect(await ask(again)).toBe("accepted");
    expect((await principalOf(issued)).suspendedUntil).toBeNull();
  });

  test("a suspension whose job was lost is found, and is ended", async () => {
    const scope = await openProject();
    const issued = await makeKey(scope, "openstack");
    const { revoking } = await decideEnd(scope, "openstack");
    await startRevocation(revoking);
    const { id: principalId } = await principalOf(issued);
    expect(await listOverdueSuspensions(BEFORE_ALL_IDS, 10)).toEqual([]);
    await db.principal.update({ where: { id: principalId }, data: { suspendedUntil: new Date(Date.now() - 60_000) } });
    expect(await listOverdueSuspensions(BEFORE_ALL_IDS, 10)).toEqual([principalId]);
    await resumePrincipal(principalId);
    expect((await principalOf(issued)).suspendedUntil).toBeNull();
    // What the suspension was for: this gateway still has the pair.
    expect(await ask(issued)).toBe("accepted");
  });

  test("while a key is meant to work nothing is suspended, and the old pair is told to be accepted still", async () => {
    const scope = await openProject();
    const old = await makeKey(scope, "openstack");
    const fresh = await issueUnacknowledged(scope, "openstack", "REGENERATE");
    const acknowledged = await commitKey(scope, fresh.change.operationId);
    if (!acknowledged.ok) throw new Error("not acknowledged");
    const [keyId = ""] = acknowledged.revoking;
    // It goes on for as long as the gateway keeps the pair: 300 s.
    revokeKey(keyId).catch(() => undefined);
    const readReceipt = () => db.receipt.findFirst({ where: { keyId } });
    await expect.poll(async () => (await readReceipt())?.lastAcceptedAt, { timeout: 20_000 }).toBeInstanceOf(Date);
    expect(await ask(fresh)).toBe("accepted");
    expect(await ask(old)).toBe("accepted");
    expect((await principalOf(old)).suspendedUntil).toBeNull();
    expect((await cardOf(scope))?.receipts[0]).toMatchObject({
      accessKeyId: old.change.accessKeyId,
      firstRefusedAt: null,
      sampled: false,
    });
  });

  test("where the project has a key from elsewhere, that one works on, and the removed one is measured", async () => {
    const scope = await openProject();
    const issued = await makeKey(scope, "openstack");
    const { externalId } = await principalOf(issued);
    const pair = JSON.stringify({ access: randomUUID(), secret: randomUUID() });
    await runOpenstack(keystone().url, keystone().adminPassword, [
      "credential",
      "create",
      "--type",
      "ec2",
      "--project",
      externalId,
      externalId,
      pair,
    ]);
    const { revoking } = await decideEnd(scope, "openstack");
    startRevocation(revoking).catch(() => undefined);
    const readReceipt = () => db.receipt.findFirst({ where: { keyId: issued.change.keyId } });
    await expect.poll(async () => (await readReceipt())?.lastAcceptedAt, { timeout: 30_000 }).toBeInstanceOf(Date);
    expect((await principalOf(issued)).suspendedUntil).toBeNull();
    const { access, secret } = JSON.parse(pair) as { access: string; secret: string };
    const context = { signal: AbortSignal.timeout(10_000), requestId: randomUUID() };
    expect(
      await probeS3({ name: "rgw.1", endpoint: rig.adminUrl }, "default", access, new Secret(secret), context),
    ).toBe("accepted");
  });
});

function never(): never {
  throw new Error("the rig has no Keystone");
}
