import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packCommandLine } from "./pack-cli.mjs";
import { ROOT } from "./root.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";

/** The programs that run outside Next. Each becomes one file in dist/, because Node 20 runs no TypeScript. */
const PROGRAMS = {
  up: "lib/supervisor/main.ts",
  web: "lib/web-server/main.ts",
  worker: "lib/worker/main.ts",
  "builtin-s3": "lib/builtin-s3/main.ts",
  admin: "lib/admin/main.ts",
  migrate: "lib/supervisor/migrate-main.ts",
  db: "lib/supervisor/db-main.ts",
  "with-settings": "lib/supervisor/with-settings.ts",
  prepare: "lib/supervisor/prepare-main.ts",
  "rig-regions": "lib/supervisor/rig-regions-main.ts",
  // The rig finds its Python scripts relative to its own folder, so the bundle needs the same depth as the source.
  "rig/main": "testing/rig/main.ts",
  "bench/keys": "e2e/bench/keys-main.ts",
  "bench/scale": "e2e/bench/scale/scale-main.ts",
  "bench/memory": "e2e/bench/memory-main.ts",
  "bench/bulk-revoke": "e2e/bench/bulk-revoke-main.ts",
  "bench/commands": "e2e/bench/commands-main.ts",
  "bench/pages": "e2e/bench/pages/pages-main.ts",
  "chaos/main": "e2e/chaos/main.ts",
  "screenshots/main": "e2e/screenshots/screenshots-main.ts",
};
const STAMP = "dist/.stamp";

/** `server-only` throws unless a bundler sets React's server condition. All these programs run on the server. */
const serverOnly = {
  name: "server-only",
  setup(build) {
    build.onResolve({ filter: /^server-only$/ }, () => ({ path: "server-only", namespace: "empty" }));
    build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "" }));
  },
};

/** esbuild's options for some of the programs (all by default), with their files in `outdir`. */
export function bundleOptions(outdir, names = Object.keys(PROGRAMS)) {
  const programs = names.map((name) => [name, PROGRAMS[name]]).filter(([, path]) => existsSync(join(ROOT, path)));
  return {
    absWorkingDir: ROOT,
    entryPoints: programs.map(([out, path]) => ({ in: path, out })),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: true,
    alias: { "@": ROOT },
    plugins: [serverOnly],
    logLevel: "warning",
  };
}

/** Bundles every program into dist/ if a source changed. Returns whether it did. */
export async function bundle() {
  const hash = hashOf([
    "lib",
    "prisma",
    "testing",
    "e2e/bench",
    "e2e/chaos",
    "e2e/fixtures",
    "e2e/screenshots",
    "bin/bundle.mjs",
    "bin/pack-cli.mjs",
    "docs/command-line.md",
    "package-lock.json",
  ]);
  if (isFresh(STAMP, hash)) return false;
  const { build, stop } = await import("esbuild");
  rmSync(join(ROOT, STAMP), { force: true });
  await build(bundleOptions("dist"));
  await packCommandLine(build, bundleOptions("dist", []));
  // Ends esbuild's helper process, which would otherwise run as long as this process.
  stop();
  writeStamp(STAMP, hash);
  return true;
}
