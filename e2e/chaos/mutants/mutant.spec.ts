import { expect, test } from "@playwright/test";
import { runMutants } from "./run-mutants";

/** One mutant proves on every run that chaos runs find bugs. `npm run chaos -- --mutants` runs all of them. */
const MUTANT = "late-commit";

test(`a chaos run finds the mutant ${MUTANT}`, async () => {
  // A build, and up to three chaos runs.
  test.setTimeout(3_600_000);
  const abort = new AbortController();
  try {
    await runMutants([MUTANT], ({ found, report }) => expect(found, report).toBe(true), abort.signal);
  } finally {
    abort.abort();
  }
});
