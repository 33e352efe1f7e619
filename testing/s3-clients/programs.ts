import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

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

export function isInstalled({ path, marker }: Program): boolean {
  return existsSync(path) && (marker === undefined || existsSync(marker));
}
