import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** Reads the JSON report of a test runner. Undefined when the file is missing or is not valid JSON. */
export function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The results in Vitest's report. `code` is the runner's exit code: a file may fail outside of its tests. */
export function countVitest(report, code) {
  if (!report) return { failed: 1 };
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, code === 0 ? 0 : 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The results in Playwright's report. A test that passed at the retry counts as passed. */
export function countPlaywright(report, code) {
  if (!report?.stats) return { failed: 1 };
  const { expected, flaky, unexpected, skipped } = report.stats;
  return { passed: expected + flaky, failed: Math.max(unexpected, code === 0 ? 0 : 1), skipped };
}

/** The tests in Playwright's report that passed only at the retry, each with the first line of its first error. */
export function listFlaky(report) {
  const listSpecs = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(listSpecs)];
  return listSpecs({ suites: report?.suites ?? [] }).flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === "flaky")
      .map(({ results }) => ({ title: `${file}: ${title}`, error: firstLine(results[0]?.error?.message) })),
  );
}

function firstLine(text = "no message") {
  return stripVTControlCharacters(text).split("\n")[0];
}
