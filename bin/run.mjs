import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { generate } from "./generate.mjs";
import { isInstalled } from "./install.mjs";
import { ROOT } from "./root.mjs";

/**
 * Updates the bundles, then loads a bundled program into this process. Exits with 1 when the dependencies are missing.
 */
export async function load(entry) {
  if (!isInstalled()) {
    console.error("The dependencies are not installed: run `npm ci` first, or `npm run up`.");
    process.exit(1);
  }
  generate();
  await bundle();
  process.setSourceMapsEnabled(true);
  return import(pathToFileURL(join(ROOT, "dist", `${entry}.mjs`)).href);
}
