import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./root.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";

const STAMP = ".next/latchkey-stamp";
const SOURCES = [
  ...["app", "components", "public", "prisma/models", "proxy.ts", "instrumentation.ts"],
  ...["next.config.ts", "postcss.config.mjs", "tsconfig.json", "package.json", "package-lock.json"],
];
/** Parts of lib that run outside Next. */
const OUTSIDE = new Set(["admin", "api", "builtin-s3", "cli", "postgres", "supervisor", "web-server", "worker"]);
const NEEDED = ["PATH", "HOME", "TMPDIR", "LANG", "SystemRoot", "TEMP", "APPDATA", "USERPROFILE"];

/**
 * Builds the portal if its sources changed, or always with `force`. Returns whether it built. The build gets no setting
 * and no secret. Throws with the build's output.
 */
export async function build({ force = false } = {}) {
  const hash = hashSources();
  if (!force && isFresh(STAMP, hash) && existsSync(join(ROOT, ".next/BUILD_ID"))) return false;
  rmSync(join(ROOT, STAMP), { force: true });
  const kept = NEEDED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = spawn(process.execPath, [join(ROOT, "node_modules/next/dist/bin/next"), "build"], {
    cwd: ROOT,
    env: {
      ...Object.fromEntries(kept),
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      CI: "1",
      PORTAL_BUILD: hash,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // An abandoned build would disturb the next build, so the build ends with this process.
  const end = () => child.kill("SIGTERM");
  process.once("SIGTERM", end);
  process.once("disconnect", end);
  let output = "";
  const keep = (chunk) => {
    output += chunk.toString("utf8");
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.removeListener("SIGTERM", end);
  process.removeListener("disconnect", end);
  if (code !== 0) throw new Error(`the portal could not be built:\n${output}`);
  writeStamp(STAMP, hash);
  return true;
}

/** Marks the portal that is there as built from the present sources, so that `build` leaves it as it is. */
export function keepBuild() {
  writeStamp(STAMP, hashSources());
}

function hashSources() {
  const lib = readdirSync(join(ROOT, "lib")).filter((name) => !OUTSIDE.has(name));
  return hashOf([...SOURCES, ...lib.map((name) => `lib/${name}`)]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    console.log((await build({ force: process.argv.includes("--force") })) ? "Built." : "Nothing changed.");
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
  process.disconnect?.();
}
