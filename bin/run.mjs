import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { generate } from "./generate.mjs";
import { ROOT } from "./root.mjs";

/** Runs a bundled entry point in this process, after bringing the bundles up to date. */
export async function run(entry) {
  try {
    generate();
    await bundle();
  } catch (error) {
    if (error?.code === "ERR_MODULE_NOT_FOUND") throw new Error("the dependencies are not installed: run `npm ci` first");
    throw error;
  }
  process.env.NODE_OPTIONS ??= "--enable-source-maps";
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(join(ROOT, "dist", `${entry}.mjs`)).href);
}
