import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { CreateBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createApi } from "@/lib/api/app";
import { findRoot } from "@/lib/platform/config/find-root";
import { useShortLivedKeys } from "@/testing/factories/short-lived-keys";
import { AWS, need, runProgram } from "@/testing/s3-clients/programs";

const keys = useShortLivedKeys(createApi());
const { get, ask, letLast, countKeys } = keys;
/** Where the packed program is, under the name that people type. */
let programs: string;
/** The home of a person who signed in and wrote the profile of the AWS tools. */
let home: string;

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "latchkey-programs-"));
  const root = findRoot();
  await build({
    absWorkingDir: root,
    entryPoints: { latchkey: "lib/cli/main.ts" },
    outdir: programs,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { "@": root },
    // commander asks for Node's own modules with require.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const name = join(programs, "latchkey");
  await chmod(`${name}.mjs`, 0o755);
  // As npm installs it.
  await symlink(`${name}.mjs`, name);
});
afterAll(() => rm(programs, { recursive: true, force: true }));

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "latchkey-home-"));
  await mkdir(join(home, ".config/latchkey"), { recursive: true });
  const profiles = { default: { url: keys.portal.url, token: keys.token } };
  await writeFile(join(home, ".config/latchkey/profiles.json"), JSON.stringify({ profiles }), { mode: 0o600 });
  await mkdir(join(home, ".aws"));
  const config = [
    "[profile north]",
    "region = north-1",
    `credential_process = latchkey credentials --project ${keys.project} --region north`,
  ];
  await writeFile(join(home, ".aws/config"), `${config.join("\n")}\n`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const variables = () => ({
  HOME: home,
  XDG_RUNTIME_DIR: keys.runtime,
  PATH: [programs, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
  AWS_PROFILE: "north",
  AWS_EC2_METADATA_DISABLED: "true",
});
const endpoint = () => keys.storage.regions.find(({ name }) => name === "north")?.endpoint ?? "";

test("eight programs at once make one key", async () => {
  const args = ["credentials", "--project", keys.project, "--region", "north"];
  const runs = await Promise.all(
    Array.from({ length: 8 }, () => runProgram(join(programs, "latchkey"), args, variables())),
  );
  expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(runs.map(() => ({ code: 0, stderr: "" })));
  expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
  expect(await countKeys()).toBe(1);
});

test("a program that died with the lock keeps nobody waiting", async () => {
  const first = await get();
  const [path = ""] = await keys.listCaches();
  // The process that has ended is this one at another start.
  await writeFile(`${path}.lock`, JSON.stringify({ pid: process.pid, startTime: "1", note: "" }));
  await letLast(19);
  expect((await get()).AccessKeyId).not.toBe(first.AccessKeyId);
});

test("the AWS CLI uses the key, and the next one after a renewal", async (context) => {
  need(context, AWS);
  const list = async (...command: string[]) => {
    const args = ["--endpoint-url", endpoint(), "--debug", ...command];
    const { code, stdout, stderr } = await runProgram(AWS.path, args, variables());
    expect(code, stderr).toBe(0);
    return { stdout, used: /Credential=(\w+)\//.exec(stderr)?.[1] };
  };
  const made = await list("s3", "mb", "s3://my-bucket");
  const first = await get();
  expect(made.used).toBe(first.AccessKeyId);
  expect((await list("s3", "ls")).used).toBe(first.AccessKeyId);
  expect(await countKeys()).toBe(1);

  await letLast(19);
  const listed = await list("s3", "ls");
  expect(listed.stdout).toContain("my-bucket");
  expect(listed.used).not.toBe(first.AccessKeyId);
  expect(listed.used).toBe((await get()).AccessKeyId);
  expect(await ask(first)).toBe("accepted");
  expect(await countKeys()).toBe(2);
});

test("the AWS CLI shows the sentence of a refusal", async (context) => {
  need(context, AWS);
  await writeFile(join(home, ".config/latchkey/profiles.json"), JSON.stringify({ profiles: {} }), { mode: 0o600 });
  const { code, stderr } = await runProgram(AWS.path, ["--endpoint-url", endpoint(), "s3", "ls"], variables());
  expect(code).not.toBe(0);
  expect(stderr).toContain("You are not signed in. Run: latchkey login URL");
});

test("a client of the JavaScript SDK that runs on changes to the next key", async () => {
  for (const [name, value] of Object.entries(variables())) vi.stubEnv(name, value);
  const client = new S3Client({ endpoint: endpoint(), region: "north-1", forcePathStyle: true });
  const used: unknown[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      used.push(/Credential=(\w+)\//.exec(headers.authorization ?? "")?.[1]);
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  const first = await get();
  // The portal cannot make a key, so the client gets the old one. It asks again, because that one ends soon.
  await letLast(4);
  keys.intercept = (request) =>
    request.method === "POST" ? Promise.resolve(new Response("", { status: 503 })) : undefined;
  await client.send(new CreateBucketCommand({ Bucket: "sdk-bucket" }));
  keys.intercept = undefined;
  // The SDK gets the next one beside the requests, and goes on with the old one until it has it.
  const listBuckets = async () => {
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["sdk-bucket"]);
    return used.at(-1);
  };
  await expect.poll(listBuckets).not.toBe(first.AccessKeyId);
  expect(used[0]).toBe(first.AccessKeyId);
  expect(used.at(-1)).toBe((await get()).AccessKeyId);
  expect(await countKeys()).toBe(2);
});
