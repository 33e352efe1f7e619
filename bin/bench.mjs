import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./root.mjs";
import { load } from "./run.mjs";

/**
 * `npm run bench` measures all parts on this machine. `npm run bench -- s3`, `npm run bench -- keys`,
 * `npm run bench -- scale`, `npm run bench -- memory`, `npm run bench -- commands`, `npm run bench -- pages` and
 * `npm run bench -- bulk-revoke` measure one part.
 */
const BENCHES = {
  /** Compares the built-in S3 server with plain files. */
  s3: measureS3,
  /** Compares a change of keys through the portal with the storage systems' own admin calls. */
  keys: () => load("bench/keys"),
  /** Compares pages, lists and the worker's rounds at 10,000 keys and at 1,000,000. */
  scale: () => load("bench/scale"),
  /** Requests many pages and shows how much memory the web process takes. */
  memory: () => load("bench/memory"),
  /** Times whole commands of latchkey and of OpenStack's client. */
  commands: () => load("bench/commands"),
  /** Times the sign-in page and the dashboard in a browser. */
  pages: () => load("bench/pages"),
  /** Compares a bulk revocation with bare admin calls that remove as many keys. */
  "bulk-revoke": () => load("bench/bulk-revoke"),
};
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHES);
if (!names.every((name) => Object.hasOwn(BENCHES, name)) || !existsSync(join(ROOT, "node_modules"))) {
  const known = names.every((name) => Object.hasOwn(BENCHES, name));
  console.error(
    known
      ? "Run npm run up or npm test once: they install what this needs."
      : `usage: npm run bench -- [${Object.keys(BENCHES).join("|")}]`,
  );
  process.exit(2);
}
for (const name of names) await BENCHES[name]();

async function measureS3() {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  try {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const { build } = await import("esbuild");
    const entryPoints = [
      { out: "main", in: join(ROOT, "e2e/bench/s3/s3-main.ts") },
      { out: "server", in: join(ROOT, "lib/builtin-s3/main.ts") },
    ];
    await build({
      entryPoints,
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      alias: { "@": ROOT },
    });
    const code = await run([join(folder, "main.mjs"), join(folder, "server.mjs"), folder]);
    if (code !== 0) process.exitCode = code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args) {
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  // The child ends the server that it started, so the child gets the signal.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}
