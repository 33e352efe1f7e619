import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findFreePorts } from "@/testing/ports";
import { openSharedRig, RIG_STARTS_WITHIN_MS } from "@/testing/rig/shared-rig";
import { explainMissing, findMissingPrograms, type Rig, startRig } from "@/testing/rig/rig";
import { startTestDatabase } from "@/testing/database/test-database";
import { ensureInstallationRow } from "@/lib/installation/mutations";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { composeRigRegions, syncRigRegions } from "@/lib/supervisor/rig-regions";

const missing = findMissingPrograms();
const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);

test("missing programs are named with the command that installs them", () => {
  expect(explainMissing(["radosgw", "uwsgi"])).toBe(
    "a real Ceph and Keystone need radosgw, uwsgi, which this machine does not have.\n" +
      "On Debian 12, as root: apt-get install --no-install-recommends radosgw uwsgi-core uwsgi-plugin-python3",
  );
});

describe.skipIf(missing.length > 0)("the regions of a rig", () => {
  let rig: Rig;
  beforeAll(async () => {
    await startTestDatabase();
    await db.$transaction((tx) => ensureInstallationRow(tx));
    rig = await openSharedRig(["cached", "uncached"]);
  }, RIG_STARTS_WITHIN_MS);

  const compose = () => composeRigRegions(JSON.stringify(rig));
  const countEvents = () => db.auditEvent.count();

  test("are checked, calibrated and saved, and stay unchanged at the next sync", async () => {
    expect(await syncRigRegions(db, compose(), masterKey)).toEqual([]);
    const rows = await db.region.findMany({ orderBy: { name: "asc" } });
    const endpoints = rig.gateways.map(({ endpoint }) => endpoint);
    expect(rows.map(({ name, provider, gateways }) => [name, provider, gateways])).toEqual([
      ["ceph", "ceph-rgw", endpoints],
      ["openstack", "keystone", endpoints],
    ]);
    const measured = (how: string) => Object.fromEntries(endpoints.map((endpoint) => [endpoint, how]));
    expect(rows.map((row) => row.calibration)).toEqual([measured("random-secret"), measured("real-secret")]);
    const before = await countEvents();
    expect(await syncRigRegions(db, compose(), masterKey)).toEqual([]);
    expect(await countEvents()).toBe(before);
  });

  test("are corrected after the rig is recreated, and never replace another region of the same name", async () => {
    await db.region.update({ where: { name: "openstack" }, data: { sealedCredentials: Uint8Array.from([1, 2, 3]) } });
    await db.region.update({ where: { name: "ceph" }, data: { endpoint: "https://s3.example.org" } });
    expect(await syncRigRegions(db, compose(), masterKey)).toEqual([
      "Another region has the name ceph already; the rig's region was not added.",
    ]);
    const [ceph, openstack] = await db.region.findMany({ orderBy: { name: "asc" } });
    expect(ceph?.endpoint).toBe("https://s3.example.org");
    expect(openstack?.sealedCredentials?.length).toBeGreaterThan(100);
  });

  test("a port that another program uses is named", async () => {
    const port = await findFreePorts(18);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const folder = mkdtempSync(join(tmpdir(), "latchkey-taken-"));
    await expect(startRig({ folder, port, gateways: ["plain"] })).rejects.toThrow(
      `port ${port}, which rgw.1 needs, is taken by another program: choose other ports`,
    );
    await new Promise((resolve) => other.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
});
