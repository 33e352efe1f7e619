import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { generate } from "./generate.mjs";
import { install, isInstalled } from "./install.mjs";
import { findObstacle } from "./preflight.mjs";
import { ROOT } from "./root.mjs";
import { step } from "./step.mjs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Latchkey needs Node.js 24 LTS, or at least 20.19. This is ${process.version}.`);
  process.exit(1);
}
if (major === 20) {
  console.error("Warning: Node.js 20 no longer gets security fixes. Please run Latchkey on Node.js 24 LTS.");
}

try {
  if (!isInstalled()) {
    const obstacle = await findObstacle(process.env);
    if (obstacle) throw new Error(obstacle);
    console.log("  The first installation of the dependencies takes half a minute.");
    await step("Dependencies", install);
  }
  await step("Database client", generate);
  await step("Programs", bundle);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(ROOT, "dist/up.mjs")).href);
