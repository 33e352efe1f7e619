import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { context } from "esbuild";
import { bundleOptions } from "./bundle.mjs";

/**
 * `npm run dev` starts this script. It bundles the programs that run beside the pages into dist/dev, and bundles them
 * again each time a source changes. After each bundling, it sends its parent the names of the programs whose code
 * changed. When a source cannot be bundled, the error is printed and the programs stay unchanged.
 */
const hashes = new Map();

const writeChanges = {
  name: "write-changes",
  setup(build) {
    build.onEnd(({ errors, outputFiles = [] }) => {
      if (errors.length > 0) return;
      const changed = outputFiles.filter(({ path, hash }) => hashes.get(path) !== hash);
      for (const { path, hash, contents } of changed) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, contents);
        hashes.set(path, hash);
      }
      const programs = changed.map(({ path }) => basename(path)).filter((file) => file.endsWith(".mjs"));
      process.send?.(programs.map((file) => basename(file, ".mjs")));
    });
  },
};

const options = bundleOptions("dist/dev", ["web", "worker", "builtin-s3"]);
const watched = await context({ ...options, write: false, plugins: [...options.plugins, writeChanges] });
process.once("disconnect", () => process.exit(0));
await watched.watch();
