import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findRoot } from "@/lib/platform/config/find-root";
import { db } from "@/lib/platform/db/client";
import type { CommandResult } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";

/** The first command may have to bundle the programs. */
const WITHIN_MS = 240_000;
const dataDir = mkdtempSync(join(tmpdir(), "latchkey-cli-process-"));

beforeAll(() => startTestDatabase());
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** `npm run admin -- ...args`, as a process of its own on this file's database. */
function runProcess(args: string[], input = ""): Promise<CommandResult> {
  const env = { ...process.env, LATCHKEY_DATA_DIR: dataDir };
  return new Promise((resolve) => {
    const done = (error: Error | null, printed: string, complaint: string) =>
      resolve({ code: error && "code" in error ? Number(error.code) : 0, printed, complaint });
    const child = execFile(process.execPath, ["bin/latchkey.mjs", ...args], { cwd: findRoot(), env }, done);
    child.stdin?.end(input);
  });
}

test(
  "a command changes the database that DATABASE_URL names, and ends with exit code 0",
  async () => {
    const create = ["user", "create", "ada@example.org", "--name", "Ada", "--password-stdin"];
    const created = await runProcess(create, "correct horse battery\n");
    expect(created).toEqual({ code: 0, printed: "Created ada@example.org.\n", complaint: "" });
    expect(await db.user.count()).toBe(1);
  },
  WITHIN_MS,
);

test(
  "a command that is refused ends with exit code 1, a sentence, and no stack",
  async () => {
    const refused = await runProcess(["user", "disable", "bob@example.org"]);
    expect(refused).toEqual({ code: 1, printed: "", complaint: "There is no user bob@example.org.\n" });
    const unknown = await runProcess(["user", "list", "--superuser"]);
    expect(unknown).toMatchObject({ code: 1, printed: "" });
    expect(unknown.complaint).toContain("unknown option '--superuser'");
    expect(unknown.complaint).toContain("Add --help to see the arguments and options.");
  },
  WITHIN_MS,
);
