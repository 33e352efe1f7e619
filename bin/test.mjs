import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "./generate.mjs";
import { install } from "./install.mjs";
import { ROOT } from "./root.mjs";
import { ensureTestPrograms } from "./test-programs.mjs";

/**
 * `npm test`: everything, on a fresh machine too. `npm test -- checks|unit|e2e [arguments]` runs a part.
 * In CI a skipped test fails the run. The last line is `N passed, N failed, N skipped`.
 */
const total = { passed: 0, failed: 0, skipped: 0 };
const [part, ...rest] = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), "latchkey-reports-"));

try {
  install({ dev: true });
  generate();
  if (!part || part === "checks") await runChecks();
  if (!part || part === "unit") await runUnit();
  if (!part || part === "e2e") await runEndToEnd();
} catch (error) {
  console.error(error.message);
  total.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
if (process.env.CI && total.skipped > 0) {
  console.log(`${total.skipped} skipped: in CI nothing may be skipped.`);
  total.failed += total.skipped;
  total.skipped = 0;
}
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

async function runChecks() {
  await check("Route types", "next/dist/bin/next", ["typegen"]);
  await check("Types", "typescript/bin/tsc", ["--noEmit"]);
  await check("Format", "prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]);
  await check("Lint", "eslint/bin/eslint.js", [".", "--max-warnings", "0"]);
  const folders = ["app", "components", "lib", "testing", "e2e", "prisma"];
  await check("Imports", "dependency-cruiser/bin/dependency-cruise.mjs", [
    "--config",
    ".dependency-cruiser.cjs",
    ...folders,
  ]);
  await check("Dead code", "knip/bin/knip.js", ["--no-progress"]);
}

async function check(title, script, args) {
  console.log(`\n== ${title}`);
  const code = await run(script, args);
  count(code === 0 ? { passed: 1 } : { failed: 1 });
}

async function runUnit() {
  console.log("\n== Unit and integration tests");
  // The tests of the built-in S3 server run people's tools too; what is missing still they skip, by name.
  ensureTestPrograms();
  const file = join(reports, "unit.json");
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${file}`];
  const code = await run("vitest/vitest.mjs", ["run", ...reporters, ...rest]);
  const report = readReport(file);
  if (!report) return count({ failed: 1 });
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, numTodoTests } = report;
  // A file that breaks outside of a test fails the run without a failed test.
  const failed = Math.max(numFailedTests, code === 0 ? 0 : 1);
  count({ passed, failed, skipped: skipped + numTodoTests });
}

async function runEndToEnd() {
  console.log("\n== End-to-end tests");
  const missing = ensureTestPrograms();
  if (missing.length > 0) {
    console.log(`Skipped: they need ${missing.join(", ")}.`);
    return count({ skipped: 1 });
  }
  const file = join(reports, "e2e.json");
  const args = ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json", ...rest];
  const code = await run("@playwright/test/cli.js", args, { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const stats = readReport(file)?.stats;
  if (!stats) return count({ failed: 1 });
  count({
    passed: stats.expected,
    failed: Math.max(stats.unexpected + stats.flaky, code === 0 ? 0 : 1),
    skipped: stats.skipped,
  });
}

function count({ passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

function run(script, args, environment = {}) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...environment };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "node_modules", script), ...args], {
      cwd: ROOT,
      env,
      stdio: "inherit",
    });
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  });
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
