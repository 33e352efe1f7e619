import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendSigned } from "../builtin-s3/raw-request";
import { type Pair, TestServer } from "../builtin-s3/test-server";
import { AWS, BOTO3, environmentOf, need, PYTHON, runProgram } from "./programs";

const LIMIT_MS = 60_000;

let server: TestServer;
let writer: Pair;
let env: Record<string, string>;
let home: string;

beforeAll(async () => {
  server = await TestServer.start();
  home = await mkdtemp(path.join(tmpdir(), "s3-clients-"));
  writer = await server.addKey("demo");
  env = { HOME: home, S3_ENDPOINT: server.endpoint(), ...environmentOf(await server.addReadOnlyKey("demo")) };
  const client = server.client(writer);
  await client.send(new CreateBucketCommand({ Bucket: "stock" }));
  await client.send(new PutObjectCommand({ Bucket: "stock", Key: "kept", Body: "content" }));
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

const listStock = async () => (await sendSigned(server.endpoint(), writer, { target: "/stock" })).body;

it("aws lists and downloads with a read-only key, and may not write", { timeout: LIMIT_MS }, async (context) => {
  need(context, AWS);
  const aws = (...args: string[]) => runProgram(AWS.path, ["--endpoint-url", server.endpoint(), "s3", ...args], env);
  const file = path.join(home, "file");
  expect(await aws("ls", "s3://stock/")).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 7 kept\n$/) });
  expect(await aws("cp", "s3://stock/kept", file)).toMatchObject({ code: 0 });
  expect(await readFile(file, "utf8")).toBe("content");
  await writeFile(file, "other");
  for (const args of [
    ["cp", file, "s3://stock/kept"],
    ["rm", "s3://stock/kept"],
    ["mb", "s3://other"],
    ["rb", "s3://stock"],
  ])
    expect(await aws(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/AccessDenied.*This access key is read-only\./s),
    });
  expect(await listStock()).toContain("<Key>kept</Key>");
});

it("boto3 lists and downloads with a read-only key, and may not write", { timeout: LIMIT_MS }, async (context) => {
  need(context, BOTO3);
  const script = path.join(import.meta.dirname, "boto3-read-only.py");
  const { code, stdout, stderr } = await runProgram(PYTHON, [script], env);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout.match(/^ok /gm)).toHaveLength(4);
  expect((await listStock()).match(/<Key>/g)).toHaveLength(1);
});
