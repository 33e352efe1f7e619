import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

/**
 * Completes package-lock.json after `npm install`. A registry may lack the builds of some packages for other systems.
 * npm then leaves these packages out of the lock file, and `npm ci` refuses the lock file on every machine. This script
 * adds them, with the system that their names contain, and without a checksum, which only the registry knows.
 */
const path = join(ROOT, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const added = [];

const SYSTEMS = { windows: "win32" };
for (const os of ["darwin", "win32", "android", "freebsd", "linux", "openharmony"]) SYSTEMS[os] = os;
const PROCESSORS = new Set(["x64", "arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "wasm32"]);

for (const [holder, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isPresent(holder, name)) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...describe(name),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `Added ${added.join(", ")}` : "Nothing was missing.");

/** npm looks for a package beside the package that needs it, and in each folder above. */
function isPresent(holder, name) {
  for (let folder = holder; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (lock.packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

function describe(name) {
  const words = name.split(/[/-]/);
  const os = words.flatMap((word) => SYSTEMS[word] ?? []).slice(0, 1);
  const cpu = words.filter((word) => PROCESSORS.has(word)).slice(0, 1);
  const libc = words.flatMap((word) => (/^musl/.test(word) ? "musl" : /^gnu/.test(word) ? "glibc" : [])).slice(0, 1);
  return { cpu, ...(os[0] === "linux" && libc.length > 0 ? { libc } : {}), ...(os.length > 0 ? { os } : {}) };
}
