import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./root.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";

const OUTPUT = "prisma/generated";
const STAMP = `${OUTPUT}/.stamp`;

/**
 * Generates the Prisma client from prisma/models if they changed, or always with `force`. Returns whether it generated.
 * Prisma downloads its schema engine first, although `generate` does not use the engine. To prevent the download,
 * PRISMA_SCHEMA_ENGINE_BINARY names Node itself. The variable is set only for this command, because a migration command
 * must not run Node as its engine. Throws with the command's output.
 */
export function generate({ force = false } = {}) {
  const hash = hashOf(["prisma/models", "prisma.config.ts", "node_modules/prisma/package.json"]);
  if (!force && isFresh(STAMP, hash) && existsSync(join(ROOT, OUTPUT, "client.ts"))) return false;
  const result = spawnSync(process.execPath, [join(ROOT, "node_modules/prisma/build/index.js"), "generate"], {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  if (result.status !== 0) throw new Error(`prisma generate failed:\n${result.stdout}${result.stderr}`);
  writeStamp(STAMP, hash);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  generate({ force: true });
  console.log("Generated the database client.");
}
