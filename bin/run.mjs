import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { generate } from "./generate.mjs";
import { isInstalled } from "./install.mjs";
import { ROOT } from "./root.mjs";

/** The module of a bundled entry point, evaluated in this process, after bringing the bundles up to date. */
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
