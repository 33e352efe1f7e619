import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { TestContext } from "vitest";
import type { Pair } from "../builtin-s3/test-server";

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A program people use, and the Debian package that brings it. */
export interface Program {
  path: string;
  /** A file that is there when the package is, if it is not the program itself. */
  marker?: string;
  package: string;
}

export const PYTHON = "/usr/bin/python3";
export const AWS: Program = { path: "/usr/bin/aws", package: "awscli" };
export const BOTO3: Program = {
  path: PYTHON,
  marker: "/usr/lib/python3/dist-packages/boto3/__init__.py",
  package: "python3-boto3",
};

/** The environment from which aws and boto3 take a key of the built-in server. */
export function environmentOf({ accessKeyId, secretAccessKey }: Pair): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: "north-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
  };
}

/** Skips a test whose program is not installed. */
export function need(context: TestContext, program: Program): void {
  context.skip(!isInstalled(program), `needs the Debian package ${program.package}`);
}

/** Runs a program to its end, with nothing of this process's environment. */
export function runProgram(path: string, args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // What it needs of the environment is given: a path without Python environments, and a home of its own.
    const child = spawn(path, args, {
      env: {
        PATH: "/usr/bin:/bin",
        LANG: "C.UTF-8",
        PYTHONDONTWRITEBYTECODE: "1",
        ...env,
      } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

function isInstalled({ path, marker }: Program): boolean {
  return existsSync(path) && (marker === undefined || existsSync(marker));
}
