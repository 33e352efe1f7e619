import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
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
function runProcess(args: string[], input = "", changed: Record<string, string> = {}): Promise<CommandResult> {
  const env = { ...process.env, LATCHKEY_DATA_DIR: dataDir, ...changed };
  return new Promise((resolve) => {
    const done = (error: Error | null, printed: string, complaint: string) =>
      resolve({ code: error && "code" in error ? Number(error.code) : 0, printed, complaint });
    const child = execFile(process.execPath, ["bin/admin.mjs", ...args], { cwd: findRoot(), env }, done);
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

test(
  "a folder on which nothing was ever started is named, and nothing is made; help needs no folder",
  async () => {
    const never = join(dataDir, "never");
    const create = ["project", "create", "research", "--name", "Research"];
    const embedded = await runProcess(create, "", { LATCHKEY_DATA_DIR: never, DATABASE_URL: "" });
    expect(embedded).toMatchObject({ code: 1, printed: "" });
    expect(embedded.complaint).toBe(
      `Latchkey was never started on ${never}: it has no database. Run \`npm run up\` once, or set LATCHKEY_DATA_DIR to the folder that you mean. Nothing was changed.\n`,
    );
    const external = await runProcess(create, "", { LATCHKEY_DATA_DIR: never, LATCHKEY_MASTER_KEY: "" });
    expect(external).toMatchObject({ code: 1, printed: "" });
    expect(external.complaint).toContain(`never started on ${never}: it has no LATCHKEY_MASTER_KEY.`);
    const help = await runProcess(["user", "--help"], "", { LATCHKEY_DATA_DIR: never, DATABASE_URL: "" });
    expect(help).toMatchObject({ code: 0, complaint: "" });
    expect(help.printed).toContain("Usage: npm run admin -- user");
    expect(existsSync(never)).toBe(false);
    expect(await db.project.count()).toBe(0);
  },
  WITHIN_MS,
);

test(
  "a file that NODE_EXTRA_CA_CERTS names must be there",
  async () => {
    const refused = await runProcess(["user", "list"], "", { NODE_EXTRA_CA_CERTS: "/nowhere/ca.pem" });
    expect(refused).toMatchObject({ code: 1, printed: "" });
    expect(refused.complaint).toContain("NODE_EXTRA_CA_CERTS: /nowhere/ca.pem does not exist\n");
  },
  WITHIN_MS,
);
