import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

/** `npm run bench -- s3`: figures of one part, measured in one run on this machine. */
const BENCHES = {
  s3: { main: "lib/bench/s3-main.ts", server: "lib/builtin-s3/main.ts" },
};
const name = process.argv[2] ?? "";
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (!bench || !existsSync(join(ROOT, "node_modules"))) {
  console.error(bench ? "Run npm run up or npm test once: they install what this needs." : `usage: npm run bench -- ${Object.keys(BENCHES).join("|")}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
try {
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const { build } = await import("esbuild");
  const entryPoints = Object.entries(bench).map(([out, path]) => ({ in: join(ROOT, path), out }));
  await build({ entryPoints, outdir: folder, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", packages: "external", alias: { "@": ROOT } });
  process.exitCode = await run([join(folder, "main.mjs"), join(folder, "server.mjs"), folder]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(args) {
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  // Its own end ends the server that it started.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}
