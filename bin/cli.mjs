import { statSync } from "node:fs";
import { bundle } from "./bundle.mjs";
import { isInstalled } from "./install.mjs";
import { TARBALL } from "./pack-cli.mjs";

if (!isInstalled()) {
  console.error("The dependencies are not installed: run `npm ci` first, or `npm run up`.");
  process.exit(1);
}
await bundle();
console.log(`${TARBALL} (${Math.ceil(statSync(TARBALL).size / 1024)} KiB)`);
console.log(`Install it with: npm install --global ${TARBALL}`);
