import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLineOptions } from "./bundle.mjs";
import { isInstalled } from "./install.mjs";
import { ROOT } from "./root.mjs";

/** Where the package of the latchkey command is made. */
const PACKAGE = join(ROOT, "dist/latchkey-cli");

if (!isInstalled()) {
  console.error("The dependencies are not installed: run `npm ci` first, or `npm run up`.");
  process.exit(1);
}
const { build, stop } = await import("esbuild");
rmSync(PACKAGE, { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
await build(commandLineOptions(PACKAGE));
stop();
const { version, license, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const manifest = {
  name: "latchkey-cli",
  version,
  description: "The command line of a Latchkey portal: the S3 keys of your projects",
  license,
  type: "module",
  bin: { latchkey: "latchkey.mjs" },
  engines,
};
writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(join(ROOT, "LICENSE"), join(PACKAGE, "LICENSE"));
copyFileSync(join(ROOT, "docs/command-line.md"), join(PACKAGE, "README.md"));
const packed = spawnSync("npm", ["pack", "--json", "--pack-destination", join(ROOT, "dist")], {
  cwd: PACKAGE,
  encoding: "utf8",
  shell: process.platform === "win32",
});
if (packed.status !== 0) {
  console.error(packed.stderr);
  process.exit(1);
}
const tarball = join(ROOT, "dist", `latchkey-cli-${version}.tgz`);
console.log(`${tarball} (${Math.ceil(statSync(tarball).size / 1024)} KiB)`);
console.log(`Install it with: npm install --global ${tarball}`);
