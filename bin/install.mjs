import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

const INSTALLED = "node_modules/.package-lock.json";
const STAMP = "node_modules/.latchkey-install";

/**
 * Whether node_modules holds the packages of package-lock.json for this machine. With `dev`, the packages for
 * development and tests too.
 */
export function isInstalled({ dev = false } = {}) {
  if (!existsSync(join(ROOT, INSTALLED))) return false;
  if (readStamp() === stampOf(dev) || readStamp() === stampOf(true)) return true;
  const wanted = readJson("package-lock.json").packages;
  const found = readJson(INSTALLED).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || (entry.dev && !dev) || found[path]?.version === entry.version) return true;
    return Boolean(entry.optional) && !isForThisMachine(entry);
  });
}

/**
 * Installs the packages of package-lock.json, unless they are installed, and returns whether it did. No install script
 * runs. Packages for tests stay installed where they are installed already. Throws with npm's output.
 */
export function install({ dev = hasDevPackages() } = {}) {
  if (isInstalled({ dev })) return false;
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", ...(dev ? [] : ["--omit=dev"])];
  let result = npm(["ci", ...flags]);
  if (result.status !== 0 && /in sync|lock file's/.test(result.stderr)) {
    // Some registries do not offer the packages of all the platforms in the lock file, and npm then refuses it.
    result = npm(["install", "--no-save", ...flags]);
  }
  if (result.error) throw new Error(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`npm could not install the dependencies:\n${result.stdout}${result.stderr}`);
  writeFileSync(join(ROOT, STAMP), stampOf(dev));
  return true;
}

function npm(args) {
  const script = process.env.npm_execpath;
  const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 };
  if (script?.endsWith(".js") || script?.endsWith(".cjs"))
    return spawnSync(process.execPath, [script, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}

function stampOf(dev) {
  const hash = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
  return `${hash} ${process.platform} ${process.arch} ${dev}`;
}

function readStamp() {
  const path = join(ROOT, STAMP);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function hasDevPackages() {
  return existsSync(join(ROOT, "node_modules/vitest/package.json"));
}

/** An optional package without a system belongs to a package for another system, for example for WebAssembly. */
function isForThisMachine({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  const allows = (list, value) =>
    !list || list.includes(value) || (list.some((item) => item.startsWith("!")) && !list.includes(`!${value}`));
  return (
    allows(os, process.platform) &&
    allows(cpu, process.arch) &&
    (process.platform !== "linux" || allows(libc, readLibc()))
  );
}

function readLibc() {
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}
