import type { Stats } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { Failure } from "@/lib/cli/failure";
import type { Terminal } from "@/lib/cli/terminal/terminal";

/** What a group or others may do. */
const NOT_PRIVATE = 0o077;

/**
 * The folder for what lasts as long as a session of the machine: below XDG_RUNTIME_DIR, else below the folder for
 * temporary files. It is made when it is missing, with the mode 0700. Throws like `findRuntimeFolder`.
 */
export async function openRuntimeFolder(terminal: Pick<Terminal, "env">): Promise<string> {
  const path = composePath(terminal.env);
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw refuse(path, "cannot be made", error);
  });
  await findRuntimeFolder(terminal);
  return path;
}

/**
 * The same folder, when it is there. Throws when it is a link, belongs to another person, or is readable by others: the
 * folder for temporary files is everybody's, so another person may have made it.
 */
export async function findRuntimeFolder({ env }: Pick<Terminal, "env">): Promise<string | undefined> {
  const path = composePath(env);
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw refuse(path, "cannot be read", error);
  });
  if (!found) return undefined;
  const why = findFault(found);
  if (why) throw refuse(path, why);
  return path;
}

function composePath(env: Terminal["env"]): string {
  const { XDG_RUNTIME_DIR: runtime } = env;
  if (runtime && isAbsolute(runtime)) return join(runtime, "latchkey");
  return join(env.TMPDIR || tmpdir(), `latchkey-${process.getuid?.() ?? userInfo().username}`);
}

function findFault(found: Stats): string | undefined {
  if (found.isSymbolicLink()) return "is a link";
  if (!found.isDirectory()) return "is not a folder";
  // Windows has neither the ids nor the modes, and gives every person a folder of their own for temporary files.
  if (!process.getuid) return undefined;
  if (found.uid !== process.getuid()) return "belongs to another person. Set XDG_RUNTIME_DIR to a folder of your own";
  if ((found.mode & NOT_PRIVATE) !== 0) return "can be read by others. Run chmod 700 on it first";
  return undefined;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

function refuse(path: string, why: string, cause?: unknown): Failure {
  return new Failure("usage", `The folder for short-lived keys, ${path}, ${why}. Nothing was changed.`, { cause });
}
