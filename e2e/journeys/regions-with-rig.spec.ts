import { expectAccessibleInTwoLooks } from "../fixtures/accessible";
import { CredentialsPage } from "../fixtures/credentials-page";
import { RegionPage } from "../fixtures/region-page";
import { SIGNING_REGION, testOnRig } from "../fixtures/rig-test";
import { aws } from "../fixtures/s3-tools";
import { expect } from "../fixtures/test";
import { findFreePorts } from "@/testing/ports";
import { startSkewedClock } from "@/testing/proxies/skewed-clock";
import { runRadosgwAdmin } from "@/testing/rig/ceph";
import { signInToKeystone } from "@/testing/rig/keystone-seed";
import { findMissingPrograms, type RigKeystone } from "@/testing/rig/rig";

const missing = findMissingPrograms();
const test = testOnRig("ceph", ["uncached"]);
const MINUTES_10 = 600_000;

test.describe.configure({ mode: "serial" });
test.skip(missing.length > 0, `a real Ceph and Keystone need ${missing.join(", ")}`);

test("a region on a real Ceph: what is wrong is named, then it is saved and gives a key", async ({
  openAs,
  portal,
  rig,
}) => {
  const endpoint = rig.gateways[0]?.endpoint ?? "";
  const page = await openAs("platform-admin");
  const region = new RegionPage(page);
  await region.openNew("Ceph RADOS Gateway");
  const right = {
    Gateways: "",
    "Admin address": rig.adminUrl,
    "Access key of the admin user": rig.admin.accessKeyId,
    "Secret key of the admin user": rig.admin.secretAccessKey,
  };
  await region.fill({ Name: "ceph", Endpoint: endpoint, "Signing region": SIGNING_REGION, ...right });
  await region.expectFailure(
    { "Secret key of the admin user": "x".repeat(40) },
    /The secret of the admin credential is wrong\./,
    /radosgw-admin user info/,
  );

  const caps = (verb: "add" | "rm") =>
    runRadosgwAdmin(rig.options.folder, ["caps", verb, "--uid=latchkey-admin", "--caps=buckets=*"]);
  await caps("rm");
  // A gateway without a manager learns of the change when it reads the user the next time.
  await expect(async () => {
    await region.expectFailure(right, /lacks the capabilities buckets=read/, /caps add --uid=latchkey-admin/);
  }).toPass();
  await caps("add");

  const clock = await startSkewedClock(rig.adminUrl, -MINUTES_10);
  await region.expectFailure(
    { "Admin address": clock.url },
    /The storage system's clock is \d+ s behind the portal's\./,
    /NTP/,
  );
  await clock.close();
  const dead = `http://127.0.0.1:${await findFreePorts(1)}`;
  await region.expectFailure({ ...right, Gateways: `${endpoint}\n${dead}` }, /nothing listens at/, /Start the gateway/);

  await region.fill(right);
  await region.expectPassed();
  await expect(region.findings.filter({ hasText: "Warning:" }).filter({ hasText: "CVE-2026-54330" })).toBeVisible();
  await region.save.click();
  await expect(page.getByRole("heading", { name: "ceph" })).toBeVisible();
  // The warning stays until the version is told.
  await expect(page.getByText(/CVE-2026-39944/)).toBeVisible();

  const credentials = new CredentialsPage(await openAs("member+"), portal);
  await credentials.open();
  const key = await credentials.enable("ceph");
  expect((await aws(key, ["s3", "mb", "s3://made-in-ceph"])).code).toBe(0);

  // The same storage system under another name.
  await region.openNew("Ceph RADOS Gateway");
  await region.fill({ Name: "ceph-2", Endpoint: endpoint, "Signing region": SIGNING_REGION, ...right });
  await region.expectFailure({}, /belongs to the region ceph already/, /a storage system of its own/);
});

test("a region on a real Keystone: what is wrong is named, then it is saved and gives a key", async ({
  openAs,
  portal,
  rig,
}) => {
  const { keystone } = rig;
  if (!keystone) throw new Error("the rig has no Keystone");
  const endpoint = rig.gateways[0]?.endpoint ?? "";
  const page = await openAs("platform-admin");
  const region = new RegionPage(page);
  await region.openNew("OpenStack Keystone");
  const right = {
    Gateways: "",
    "Keystone's address": keystone.url,
    "Service user": keystone.user.userName,
    "Project of the service user": keystone.user.projectName,
    "Password of the service user": keystone.user.password,
    "Cache of keys (seconds)": "0",
    "Keystone's version": "26.1.0",
    "Address of radosgw's admin API": rig.adminUrl,
    "Access key of the radosgw admin user": rig.admin.accessKeyId,
    "Secret key of the radosgw admin user": rig.admin.secretAccessKey,
  };
  await region.fill({ Name: "openstack", Endpoint: endpoint, "Signing region": SIGNING_REGION, ...right });
  await region.expectFailure(
    { "Password of the service user": "wrong" },
    /Keystone refuses .*the name or password is wrong/,
    /and the password/,
  );
  const plain = { "Service user": "plain", "Password of the service user": "a password of a test" };
  await addPlainUser(keystone, plain["Service user"], plain["Password of the service user"]);
  await region.expectFailure(
    plain,
    /The user plain may not see users, projects and credentials/,
    /openstack role add --user plain --project service admin/,
  );
  const clock = await startSkewedClock(new URL(keystone.url).origin, MINUTES_10);
  await region.expectFailure({ ...right, "Keystone's address": `${clock.url}/v3` }, /s ahead of the portal's/, /NTP/);
  await clock.close();
  const dead = `http://127.0.0.1:${await findFreePorts(1)}`;
  await region.expectFailure({ ...right, Gateways: dead }, /nothing listens at/, /Start the gateway/);

  await region.fill(right);
  await region.expectPassed();
  await expect(region.findings.filter({ hasText: "Keystone 26.1.0 as released is open to" })).toBeVisible();
  await region.save.click();
  await expect(page.getByRole("heading", { name: "openstack" })).toBeVisible();
  await expect(page.getByText(/CVE-2026-90460/)).toBeVisible();
  const regions = [{ name: "openstack", endpoint, signingRegion: SIGNING_REGION }];
  const credentials = new CredentialsPage(await openAs("member+"), { ...portal, regions });
  await credentials.open();
  const key = await credentials.enable("openstack");
  expect((await aws(key, ["s3", "mb", "s3://made-in-openstack"])).code).toBe(0);

  // The optional credentials are removed again.
  await page.getByRole("link", { name: "Edit" }).click();
  await region.fill({ "Address of radosgw's admin API": "" });
  for (const credential of ["Access key", "Secret key"])
    await page.getByRole("checkbox", { name: `Remove the present ${credential} of the radosgw admin user` }).check();
  await region.expectPassed();
  await region.save.click();
  await expect(page.getByText("Not given")).toBeVisible();
  await expect(page.getByText(rig.admin.accessKeyId)).toHaveCount(0);
});

test("the portal's own key of a real Ceph is rotated, and the former one is gone", async ({ openAs, rig }) => {
  const readKeys = () => runRadosgwAdmin(rig.options.folder, ["user", "info", "--uid=latchkey-admin"]);
  expect(await readKeys()).toContain(rig.admin.accessKeyId);
  const page = await openAs("platform-admin");
  await page.goto("/admin/regions/ceph");
  await page.getByRole("button", { name: "Rotate credentials" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessibleInTwoLooks(page, "rotate-credentials.tsx: Rotate credentials");
  await page.getByRole("dialog").getByRole("button", { name: "Rotate credentials" }).click();
  await expect(page.getByText("ceph has new credentials. The former ones are refused.")).toBeVisible({
    timeout: 30_000,
  });
  expect(await readKeys()).not.toContain(rig.admin.accessKeyId);
  await expect(page.getByText(rig.admin.accessKeyId)).toHaveCount(0);
});

/** A user of Keystone in the portal's project, without the right to see or make other users and their keys. */
async function addPlainUser({ url, adminPassword, user }: RigKeystone, name: string, password: string): Promise<void> {
  const admin = await signInToKeystone(url, "admin", adminPassword, "admin");
  const made = await admin.call<{ user: { id: string } }>("POST", "/users", {
    user: { name, password, domain_id: "default" },
  });
  const { roles } = await admin.call<{ roles: { id: string }[] }>("GET", "/roles?name=member");
  const { projects } = await admin.call<{ projects: { id: string }[] }>("GET", `/projects?name=${user.projectName}`);
  await admin.call("PUT", `/projects/${projects[0]?.id}/users/${made.user.id}/roles/${roles[0]?.id}`);
}
