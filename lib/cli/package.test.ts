import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "@/lib/cli/failure";
import { findRoot } from "@/lib/platform/config/find-root";
import { VERSION } from "@/lib/platform/config/version";

const run = promisify(execFile);
const WITHIN_MS = 240_000;
const BYTES_MAX = 2 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "latchkey-package-"));
let tarball: string;

beforeAll(async () => {
  const { stdout } = await run(process.execPath, ["bin/cli.mjs"], { cwd: findRoot() });
  tarball = /^(\S+\.tgz) /.exec(stdout)?.[1] ?? "";
}, WITHIN_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  "the package is small, installs without the network, and runs without another package",
  async () => {
    expect(statSync(tarball).size).toBeLessThan(BYTES_MAX);
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--prefix", folder, tarball]);
    const latchkey = join(folder, "node_modules/.bin/latchkey");
    expect((await run(latchkey, ["--version"])).stdout).toBe(`${VERSION}\n`);
    const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: "" };
    await expect(run(latchkey, ["projects"], { env })).rejects.toMatchObject({
      code: EXIT.signedOut,
      stdout: "",
      stderr: "You are not signed in. Run: latchkey login URL\n",
    });
  },
  WITHIN_MS,
);
