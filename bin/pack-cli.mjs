import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./root.mjs";

const PACKAGE = join(ROOT, "dist/latchkey-cli");
/** The portal serves this file. */
export const TARBALL = join(ROOT, "dist/latchkey-cli.tgz");

/** commander is CommonJS, and asks for Node's own modules with require. */
const BANNER = `#!/usr/bin/env node
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);`;

/** esbuild's options for the latchkey command, from those of every program: one file that needs Node alone. */
export function commandLineOptions(options, outdir) {
  return {
    ...options,
    outdir,
    entryPoints: [{ in: "lib/cli/main.ts", out: "latchkey" }],
    packages: "bundle",
    // Of ES modules only what is used enters the file; of the signer's CommonJS it would be ten times as much.
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    sourcemap: false,
    banner: { js: BANNER },
  };
}

/**
 * Makes the npm package of the latchkey command in dist/: one file that needs Node alone. `options` are esbuild's for
 * every program. Throws with what npm says.
 */
export async function packCommandLine(build, options) {
  rmSync(PACKAGE, { recursive: true, force: true });
  mkdirSync(PACKAGE, { recursive: true });
  await build(commandLineOptions(options, PACKAGE));
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
  const shell = process.platform === "win32";
  await promisify(execFile)("npm", ["pack", "--pack-destination", join(ROOT, "dist")], { cwd: PACKAGE, shell });
  renameSync(join(ROOT, "dist", `latchkey-cli-${version}.tgz`), TARBALL);
}
