import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What pages may speak of. */
export interface Tree {
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
  /** The names of package.json's scripts. */
  scripts: ReadonlySet<string>;
  /** Folders that the program makes and git ignores. */
  ignored: ReadonlySet<string>;
  /** All code and configuration, without Markdown. */
  code: string;
  /** The code of the commands of `npm run admin`. */
  commands: string;
  /** The code of the `latchkey` command. */
  commandLine: string;
  read: (file: string) => string;
}

const TEXT = /\.(ts|tsx|mts|mjs|cjs|json|prisma|py|yml|yaml|css|sql|toml|example)$/;

/** Everything below the root that is or will be committed. */
export function readTree(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const files = listed.split("\n").filter((file) => file !== "" && !isDeleted(file, read));
  const code = files.filter(
    (file) => TEXT.test(file) && file !== "package-lock.json" && !file.startsWith("testing/docs/"),
  );
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  return {
    files: new Set(files),
    folders: new Set(files.flatMap(foldersOf)),
    scripts: new Set(Object.keys(scripts)),
    ignored: new Set(
      read(".gitignore")
        .split("\n")
        .map((line) => line.replace(/\/$/, "")),
    ),
    code: code.map(read).join("\n"),
    commands: code
      .filter((file) => file.startsWith("lib/admin/"))
      .map(read)
      .join("\n"),
    commandLine: code
      .filter((file) => file.startsWith("lib/cli/") && !file.endsWith(".test.ts"))
      .map(read)
      .join("\n"),
    read,
  };
}

function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

/** Git still lists a file that was deleted or moved and not yet committed. */
function isDeleted(file: string, read: Tree["read"]): boolean {
  try {
    read(file);
    return false;
  } catch {
    return true;
  }
}
