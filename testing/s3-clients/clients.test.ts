import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePath } from "@/lib/builtin-s3/signature/target";
import { sendSigned } from "../builtin-s3/raw-request";
import { type Pair, TestServer } from "../builtin-s3/test-server";
import { AWS, BOTO3, environmentOf, need, type Program, PYTHON, runProgram } from "./programs";

let server: TestServer;
let pair: Pair;
let home: string;

const S3CMD = { path: "/usr/bin/s3cmd", package: "s3cmd" };
const RCLONE = { path: "/usr/bin/rclone", package: "rclone" };
const LARGE_BYTES = 16 * 1024 * 1024;
const LIMIT_MS = 180_000;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  home = await mkdtemp(path.join(tmpdir(), "s3-clients-"));
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/many" });
  const keys = Array.from(
    { length: 1105 },
    (_, index) => `k ü/${String(index).padStart(4, "0")}+${index % 5 === 0 ? "/leaf" : ""}`,
  );
  for (let at = 0; at < keys.length; at += 64) {
    await Promise.all(
      keys
        .slice(at, at + 64)
        .map((key) =>
          sendSigned(server.endpoint(), pair, { method: "PUT", target: `/many/${encodePath(key)}`, body: "x" }),
        ),
    );
  }
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** Runs a script of checks and gives how many held. */
async function runChecks(script: string): Promise<number> {
  const env = { HOME: home, S3_ENDPOINT: server.endpoint(), ...environmentOf(pair) };
  const { code, stdout, stderr } = await runProgram(PYTHON, [path.join(import.meta.dirname, script)], env);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout.match(/^ok /gm)?.length ?? 0;
}

/** A folder with names that are awkward, and a file that goes up in parts. */
async function makeTree(name: string): Promise<string> {
  const folder = path.join(home, name);
  await mkdir(path.join(folder, "sub/deep ü"), { recursive: true });
  await writeFile(path.join(folder, "plain.txt"), "plain");
  await writeFile(path.join(folder, "a+b & c%20.txt"), "odd");
  await writeFile(path.join(folder, "sub/deep ü/none"), "");
  await writeFile(path.join(folder, "sub/large.bin"), randomBytes(LARGE_BYTES));
  return folder;
}

async function expectSame(
  one: string,
  other: string,
  names = ["plain.txt", "a+b & c%20.txt", "sub/deep ü/none", "sub/large.bin"],
): Promise<void> {
  for (const name of names)
    expect((await readFile(path.join(one, name))).equals(await readFile(path.join(other, name))), name).toBe(true);
}

function toolOf(program: Program, args: readonly string[], env: Record<string, string>) {
  return async (...more: string[]): Promise<string> => {
    const outcome = await runProgram(program.path, [...args, ...more], { HOME: home, ...env });
    expect(outcome.code, `${more.join(" ")}\n${outcome.stdout}\n${outcome.stderr}`).toBe(0);
    return outcome.stdout + outcome.stderr;
  };
}

describe.concurrent("what people use", () => {
  it("works with aws s3 and aws s3api", { timeout: LIMIT_MS }, async (context) => {
    need(context, AWS);
    expect(await runChecks("aws-matrix.py")).toBe(11);
  });

  it("works with boto3", { timeout: LIMIT_MS }, async (context) => {
    need(context, BOTO3);
    expect(await runChecks("boto3-matrix.py")).toBe(9);
  });

  it("works with s3cmd, sync included", { timeout: LIMIT_MS }, async (context) => {
    need(context, S3CMD);
    const host = new URL(server.endpoint()).host;
    const config = path.join(home, "s3cfg");
    await writeFile(
      config,
      `[default]\naccess_key = ${pair.accessKeyId}\nsecret_key = ${pair.secretAccessKey}\nhost_base = ${host}\nhost_bucket = ${host}\nuse_https = False\nbucket_location = north-1\nmultipart_chunk_size_mb = 5\n`,
    );
    const s3cmd = toolOf(S3CMD, ["-c", config, "--no-progress"], {});
    const tree = await makeTree("s3cmd-tree");
    await s3cmd("mb", "s3://s3cmd-bucket");
    await s3cmd("sync", `${tree}/`, "s3://s3cmd-bucket/tree/");
    expect(await s3cmd("sync", `${tree}/`, "s3://s3cmd-bucket/tree/")).not.toContain("upload:");
    await s3cmd("sync", "s3://s3cmd-bucket/tree/", `${tree}-back/`);
    await expectSame(tree, `${tree}-back`);
    expect(await s3cmd("info", "s3://s3cmd-bucket/tree/sub/large.bin")).toMatch(
      /File size:\s+16777216[^]*MD5 sum:\s+[0-9a-f]{32}/,
    );
    await s3cmd("cp", "s3://s3cmd-bucket/tree/plain.txt", "s3://s3cmd-bucket/copy.txt");
    await s3cmd(
      "modify",
      "--add-header=x-amz-meta-changed:yes",
      "--mime-type=text/changed",
      "s3://s3cmd-bucket/copy.txt",
    );
    const head = await sendSigned(server.endpoint(), pair, { method: "HEAD", target: "/s3cmd-bucket/copy.txt" });
    expect(head.headers).toMatchObject({ "x-amz-meta-changed": "yes", "content-type": "text/changed" });
    await s3cmd("mv", "s3://s3cmd-bucket/copy.txt", "s3://s3cmd-bucket/moved.txt");
    expect(await s3cmd("la")).toContain("s3://s3cmd-bucket/moved.txt");
    expect(await s3cmd("du", "s3://s3cmd-bucket/tree/")).toMatch(/16777224\s+4 objects/);
    expect((await s3cmd("ls", "-r", "s3://many")).trim().split("\n")).toHaveLength(1105);
    const url = (await s3cmd("signurl", "s3://s3cmd-bucket/moved.txt", "+60")).trim();
    expect((await fetch(url)).status).toBe(400);
    await rm(path.join(tree, "plain.txt"));
    expect(await s3cmd("sync", "--delete-removed", `${tree}/`, "s3://s3cmd-bucket/tree/")).toContain("delete:");
    await s3cmd("rb", "--recursive", "--force", "s3://s3cmd-bucket");
  });

  it("works with rclone: sync, check, move and the rest", { timeout: LIMIT_MS }, async (context) => {
    need(context, RCLONE);
    const config = path.join(home, "rclone.conf");
    const remote = [
      "type = s3",
      "provider = Other",
      `access_key_id = ${pair.accessKeyId}`,
      `secret_access_key = ${pair.secretAccessKey}`,
      `endpoint = ${server.endpoint()}`,
      "region = north-1",
      "chunk_size = 5Mi",
      "upload_cutoff = 8Mi",
    ];
    await writeFile(config, `[r]\n${remote.join("\n")}\n`);
    const rclone = toolOf(RCLONE, ["--config", config, "--retries", "1"], {});
    const tree = await makeTree("rclone-tree");
    await rclone("mkdir", "r:rclone-bucket");
    await rclone("sync", tree, "r:rclone-bucket/tree");
    expect(await rclone("check", tree, "r:rclone-bucket/tree")).toContain("0 differences found");
    expect(await rclone("sync", tree, "r:rclone-bucket/tree", "-v")).toContain("There was nothing to transfer");
    await rclone("copy", "r:rclone-bucket/tree", `${tree}-back`);
    await expectSame(tree, `${tree}-back`);
    await rclone("move", "r:rclone-bucket/tree", "r:rclone-bucket/moved");
    expect((await rclone("lsf", "-R", "--files-only", "r:rclone-bucket")).trim().split("\n").sort()).toEqual([
      "moved/a+b & c%20.txt",
      "moved/plain.txt",
      "moved/sub/deep ü/none",
      "moved/sub/large.bin",
    ]);
    await rclone("move", "r:rclone-bucket/moved", `${tree}-moved`);
    await expectSame(`${tree}-back`, `${tree}-moved`);
    expect(JSON.parse(await rclone("size", "--json", "r:many"))).toMatchObject({ count: 1105, bytes: 1105 });
    await rclone("touch", "r:rclone-bucket/touched");
    expect((await rclone("lsjson", "r:rclone-bucket")).match(/"Path"/g)).toHaveLength(1);
    await rclone("deletefile", "r:rclone-bucket/touched");
    const link = (await rclone("link", "--expire", "1h", "r:many/k ü/0001+")).trim();
    expect(await (await fetch(link)).text()).toBe("x");
    await rclone("purge", "r:rclone-bucket");
  });
});
