import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { bundle } from "./bundle.mjs";
import { generate } from "./generate.mjs";
import { install } from "./install.mjs";
import { ensureTestPrograms } from "./test-programs.mjs";
import { countPlaywright, countVitest, listFlaky, readReport } from "./test-reports.mjs";
import { runScript, runScriptAside } from "./test-scripts.mjs";

/**
 * `npm test` runs all tests, on a fresh machine too. `npm test -- checks|unit|e2e [arguments]` runs one part.
 * In CI a skipped test fails the run, and an end-to-end test gets one retry. A test that needed the retry counts as
 * passed and is listed by name. The last line is `N passed, N failed, N skipped`.
 */
const PARTS = { checks: runChecks, unit: runUnit, e2e: runEndToEnd };
const total = { passed: 0, failed: 0, skipped: 0 };
const flaky = [];
const seconds = [];
const reports = mkdtempSync(join(tmpdir(), "latchkey-reports-"));
const [part, ...rest] = process.argv.slice(2);

try {
  if (part !== undefined && !Object.hasOwn(PARTS, part))
    throw new Error(`There is no part ${part}. The parts are checks, unit and e2e.`);
  await measure("preparation", prepare);
  if (part) await measure(part, () => PARTS[part]());
  else await runAll();
} catch (error) {
  console.error(error.message);
  count({ failed: 1 });
} finally {
  rmSync(reports, { recursive: true, force: true });
}
summarize();

async function runAll() {
  await measure("build", build);
  await measure("checks", runChecks);
  await measure("unit", runUnit);
  await measure("e2e", runEndToEnd);
}

async function prepare() {
  install({ dev: true });
  generate();
  await bundle();
}

async function runChecks() {
  const folders = ["app", "components", "lib", "testing", "e2e", "prisma"];
  const cruise = (config) => ["dependency-cruiser/bin/dependency-cruise.mjs", "--config", config, ...folders];
  // The type checker and the linter read the route types.
  await runCheck("Route types", ["next/dist/bin/next", "typegen"]);
  // The longest come first. Each of them uses one processor, so two run at a time.
  const checks = Object.entries({
    Lint: ["eslint/bin/eslint.js", ".", "--max-warnings", "0"],
    Types: ["typescript/bin/tsc", "--noEmit"],
    Format: ["prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."],
    Imports: cruise(".dependency-cruiser.cjs"),
    "Folder cycles": [...cruise("testing/folder-cycles.cjs"), "--metrics"],
    "Dead code": ["knip/bin/knip.js", "--no-progress"],
  });
  const runNext = async () => {
    for (let check = checks.shift(); check; check = checks.shift()) await runCheck(...check);
  };
  await Promise.all([runNext(), runNext()]);
}

async function runCheck(title, [script, ...args]) {
  const { code, output } = await runScriptAside(script, args);
  process.stdout.write(output);
  console.log(`${title}: ${code === 0 ? "passed" : "failed"}`);
  count(code === 0 ? { passed: 1 } : { failed: 1 });
}

async function runUnit() {
  // Some tests need S3 clients or a real Ceph. A test whose programs are missing skips itself.
  ensureTestPrograms();
  const file = join(reports, "unit.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await runScript("vitest/vitest.mjs", ["run", ...reporters, ...rest]);
  count(countVitest(readReport(file), code));
}

async function runEndToEnd() {
  const missing = ensureTestPrograms();
  if (missing.length > 0) {
    console.log(`The end-to-end tests are skipped: they need ${missing.join(", ")}.`);
    return count({ skipped: 1 });
  }
  const file = join(reports, "e2e.json");
  const args = ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json", ...rest];
  const code = await runScript("@playwright/test/cli.js", args, { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const report = readReport(file);
  count(countPlaywright(report, code));
  flaky.push(...listFlaky(report));
}

async function measure(name, work) {
  const begin = performance.now();
  try {
    return await work();
  } finally {
    seconds.push(`${name} ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  }
}

function count({ passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

function summarize() {
  console.log(`\n${seconds.join(", ")}`);
  if (process.env.CI && total.skipped > 0) {
    console.log(`${total.skipped} skipped: CI allows no skipped test.`);
    total.failed += total.skipped;
    total.skipped = 0;
  }
  for (const { title, error } of flaky) console.log(`flaky, passed only at the retry: ${title}\n    ${error}`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}
