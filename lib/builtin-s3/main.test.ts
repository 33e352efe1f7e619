import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendSigned } from "@/testing/builtin-s3/raw-request";
import { ServerProcess } from "@/testing/builtin-s3/server-process";

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.build();
});
afterAll(() => server.remove());

async function endOf(child: ChildProcess): Promise<{ code: number; stderr: string }> {
  let stderr = "";
  child.stderr?.on("data", (piece: Buffer) => (stderr += piece.toString("utf8")));
  const [code] = (await once(child, "exit")) as [number];
  return { code, stderr };
}

it("says what it is for, stops on SIGTERM, and frees its folder", async () => {
  await server.start();
  expect(server.output).toContain("for evaluation; production belongs on a real storage system");
  expect(await server.end("SIGTERM")).toBe(0);
  await server.start();
  expect(await server.end("SIGINT")).toBe(0);
});

it("names a taken port and exits with 1", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as { port: number };
  const regions = JSON.stringify([{ name: "north", port, signingRegion: "north-1" }]);
  expect(await endOf(server.spawn("", { LATCHKEY_S3_REGIONS: regions }))).toEqual({
    code: 1,
    stderr: expect.stringContaining(
      `port ${port} on 127.0.0.1, for the S3 endpoint of region north, is taken`,
    ) as unknown,
  });
  expect(await endOf(server.spawn("", { S3_ADMIN_PORT: String(port) }))).toEqual({
    code: 1,
    stderr: expect.stringContaining(`port ${port} on 127.0.0.1, for the admin API`) as unknown,
  });
  blocker.close();
});

it("names each setting that is wrong, and no value", async () => {
  const { code, stderr } = await endOf(
    server.spawn("", {
      LATCHKEY_MASTER_KEY: "c2hvcnQ=",
      LATCHKEY_S3_ADMIN_TOKEN: "tooshort",
      LATCHKEY_S3_REGIONS: "[{]",
    }),
  );
  expect(code).toBe(1);
  for (const name of ["LATCHKEY_MASTER_KEY", "LATCHKEY_S3_ADMIN_TOKEN", "LATCHKEY_S3_REGIONS"])
    expect(stderr).toContain(name);
  expect(stderr).not.toMatch(/c2hvcnQ|tooshort/);
});

it("names a storage folder that cannot be written to in one line", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-s3-folder-"));
  // Nobody can write there, not even root.
  symlinkSync("/sys", path.join(dataDir, "s3"));
  const { code, stderr } = await endOf(server.spawn("", { LATCHKEY_DATA_DIR: dataDir }));
  rmSync(dataDir, { recursive: true });
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(
      `^built-in S3 server: the folder ${dataDir}/s3 cannot be written to \\(E[A-Z]+\\): make it writable$`,
    ) as unknown,
  ]);
});

it("refuses a folder that another process owns, and takes it over when that one was killed", async () => {
  await server.start();
  const pair = await server.addKey("demo");
  const second = await endOf(server.spawn());
  expect(second).toEqual({
    code: 1,
    stderr: expect.stringContaining(`belongs to another running process (pid ${server.pid})`) as unknown,
  });
  expect((await sendSigned(server.endpoint, pair, { target: "/" })).status).toBe(200);
  await server.end("SIGKILL");
  // Of many that see the dead owner's lock at once, one gets the folder.
  const children = Array.from({ length: 6 }, () => server.spawn());
  const states = await Promise.all(
    children.map((child) =>
      Promise.race([endOf(child).then(({ code }) => code), once(child.stdout ?? child, "data").then(() => "runs")]),
    ),
  );
  expect(states.filter((state) => state === "runs")).toHaveLength(1);
  expect(states.filter((state) => state === 1)).toHaveLength(5);
  const runner = children[states.indexOf("runs")];
  runner?.kill("SIGTERM");
  await server.start().catch(async () => {
    if (runner?.exitCode === null) await once(runner, "exit");
    await server.start();
  });
  expect((await sendSigned(server.endpoint, pair, { target: "/" })).status).toBe(200);
  await server.end();
});

it("refuses a data folder that was sealed with another master key", async () => {
  const { code, stderr } = await endOf(
    server.spawn("", { LATCHKEY_MASTER_KEY: Buffer.alloc(32, 1).toString("base64") }),
  );
  expect(code).toBe(1);
  expect(stderr).toContain("sealed with another master key");
});
