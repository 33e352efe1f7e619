import { accessSync, constants, statSync } from "node:fs";

/**
 * What is wrong with the files that settings name, as a line for the first setting whose file cannot be read. Undefined
 * when all can. A setting without a file is left out.
 */
export function findFileProblem(files: Record<string, string | undefined>): string | undefined {
  for (const [setting, path] of Object.entries(files)) {
    if (!path) continue;
    try {
      if (!statSync(path).isFile()) return `${setting}: ${path} is not a file`;
      accessSync(path, constants.R_OK);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      return `${setting}: ${path} ${code === "ENOENT" ? "does not exist" : `cannot be read (${code})`}`;
    }
  }
  return undefined;
}
