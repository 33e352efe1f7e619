import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { db } from "@/lib/platform/db/client";
import { makeToken } from "@/testing/factories/api-caller";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";
import { AWS, need, type Program, runProgram } from "@/testing/s3-clients/programs";

const S3CMD: Program = { path: "/usr/bin/s3cmd", package: "s3cmd" };
const RCLONE: Program = { path: "/usr/bin/rclone", package: "rclone" };

const given = useProjectWithKeys();
let server: Awaited<ReturnType<typeof serveApp>>;
let home: string;

beforeAll(async () => {
  server = await serveApp(createApi());
});
afterAll(() => server.stop());
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "latchkey-connected-"));
  return () => rm(home, { recursive: true, force: true });
});

/** Makes a key and connects the client with it, as a person does on a new machine. */
async function connect(client: string, ...args: string[]): Promise<void> {
  const token = await makeToken(db, given.mia, { project: given.scope.slug, scope: "write" });
  const env = { HOME: home, LATCHKEY_URL: server.url, LATCHKEY_TOKEN: token, LATCHKEY_REGION: "north" };
  const { code, complaint } = await runLatchkeyHere(["connect", client, "--yes", ...args], { env });
  if (code !== 0) throw new Error(complaint);
}

const run = ({ path: program }: Program, args: string[], env: Record<string, string> = {}) =>
  runProgram(program, args, { HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...env });
const endpoint = (): string => given.storage.regions.find(({ name }) => name === "north")?.endpoint ?? "";

test("aws makes and lists a bucket with the files that connect wrote", async (context) => {
  need(context, AWS);
  await connect("aws");
  const aws = ["--profile", "north", "--endpoint-url", endpoint(), "s3"];
  const made = await run(AWS, [...aws, "mb", "s3://connected-aws"]);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  expect((await run(AWS, [...aws, "ls"])).stdout).toContain("connected-aws");
});

test("s3cmd makes and lists a bucket with the file that connect wrote", async (context) => {
  need(context, S3CMD);
  await connect("s3cmd");
  const s3cmd = ["-c", path.join(home, ".s3cfg-north")];
  const made = await run(S3CMD, [...s3cmd, "mb", "s3://connected-s3cmd"]);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  expect((await run(S3CMD, [...s3cmd, "ls"])).stdout).toContain("connected-s3cmd");
});

test("rclone makes and lists a bucket with the file that connect wrote beside another remote", async (context) => {
  need(context, RCLONE);
  await mkdir(path.join(home, ".config/rclone"), { recursive: true });
  await writeFile(path.join(home, ".config/rclone/rclone.conf"), "[here]\ntype = local");
  await connect("rclone");
  const made = await run(RCLONE, ["mkdir", "north:connected-rclone"]);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  expect((await run(RCLONE, ["lsd", "north:"])).stdout).toContain("connected-rclone");
  expect((await run(RCLONE, ["listremotes"])).stdout).toBe("here:\nnorth:\n");
});

test("aws runs the program of --short-lived, and prefers a standing key of the same profile", async (context) => {
  need(context, AWS);
  const { change, secret } = await given.makeKey();
  await connect("aws", "--short-lived", "--hours", "4");
  const bin = path.join(home, "bin");
  await mkdir(bin);
  // Only what the AWS CLI asks for is of interest here: the pair is one that exists.
  const pair = { Version: 1, AccessKeyId: change.accessKeyId, SecretAccessKey: secret.reveal() };
  await writeFile(path.join(bin, "latchkey"), `#!/bin/sh\necho "$@" > "$HOME/asked"\necho '${JSON.stringify(pair)}'\n`);
  await chmod(path.join(bin, "latchkey"), 0o755);
  const aws = ["--profile", "north", "--endpoint-url", endpoint(), "s3", "ls"];
  const PATH = `${bin}:/usr/bin:/bin`;
  const listed = await run(AWS, aws, { PATH });
  expect([listed.code, listed.stderr]).toEqual([0, ""]);
  const asked = await runProgram("/bin/cat", [path.join(home, "asked")], {});
  expect(asked.stdout).toBe(`credentials --project ${given.scope.slug} --region north --hours 4\n`);
  await writeFile(
    path.join(home, ".aws/credentials"),
    "[north]\naws_access_key_id = LKNOBODY\naws_secret_access_key = none\n",
  );
  expect((await run(AWS, aws, { PATH })).stderr).toContain("InvalidAccessKeyId");
});
