import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { expect, personOf, test } from "../fixtures/test";

test.describe.configure({ mode: "serial" });

test("a key works in its own region and project only", async ({ openAs, portal }) => {
  const mia = personOf(portal, "member+");
  const admin = (...args: string[]) => runAdmin(portal, args);
  await admin("project", "create", "second", "--name", "Second");
  await admin("member", "set", "second", mia.email, "member+");
  expect(await admin("member", "list", "second")).toContain(mia.email);
  await expect(admin("project", "create", "Bad Slug", "--name", "x")).rejects.toThrow(/lower case/);

  const page = await openAs("member+");
  const keys: S3Credentials[] = [];
  for (const project of ["demo", "second"]) {
    const credentials = new CredentialsPage(page, portal, project);
    await credentials.open();
    keys.push(await credentials.issue("north"));
    await credentials.hideSecret();
  }
  const [demo, second] = keys as [S3Credentials, S3Credentials];

  const south = portal.regions.find(({ name }) => name === "south");
  const elsewhere = await aws({ ...demo, endpoint: south?.endpoint ?? "", signingRegion: "south-1" }, ["s3", "ls"]);
  expect(elsewhere.code).not.toBe(0);
  expect(elsewhere.stderr).toContain("InvalidAccessKeyId");

  const folder = await mkdtemp(join(tmpdir(), "latchkey-scope-"));
  const file = join(folder, "mine.txt");
  await writeFile(file, "theirs");
  expect((await aws(second, ["s3", "mb", "s3://second-only"])).code).toBe(0);
  expect((await aws(second, ["s3", "cp", file, "s3://second-only/a.txt"])).code).toBe(0);
  expect((await aws(demo, ["s3", "mb", "s3://demo-scope"])).code).toBe(0);
  const attempts = [
    ["s3", "ls", "s3://second-only"],
    ["s3", "cp", "s3://second-only/a.txt", join(folder, "stolen.txt")],
    ["s3", "cp", file, "s3://second-only/b.txt"],
    ["s3", "rm", "s3://second-only/a.txt"],
    ["s3", "rb", "s3://second-only"],
    ["s3api", "copy-object", "--bucket", "demo-scope", "--key", "c", "--copy-source", "second-only/a.txt"],
    ["s3api", "create-multipart-upload", "--bucket", "second-only", "--key", "d"],
    ["s3api", "get-bucket-location", "--bucket", "second-only"],
  ];
  for (const attempt of attempts) {
    const outcome = await aws(demo, attempt);
    expect(outcome.code, attempt.join(" ")).not.toBe(0);
    expect(outcome.stderr, attempt.join(" ")).toMatch(/AccessDenied|403/);
  }
  expect((await aws(demo, ["s3", "ls"])).stdout).not.toContain("second-only");
  expect((await aws(second, ["s3", "ls", "s3://second-only"])).stdout).toContain("a.txt");
});
