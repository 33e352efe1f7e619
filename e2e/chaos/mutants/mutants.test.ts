import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../fixtures/portal";
import { countMatches } from "./apply-mutant";
import { MUTANTS } from "./mutants";
import { TARGETS } from "./targets";

test.each(Object.entries(MUTANTS))(
  "%s: each text that the mutant replaces occurs once in its file",
  (_name, mutant) => {
    const matches = mutant.edits.map(({ file, from }) => [file, from, countMatches(read(file), from)]);
    expect(matches).toEqual(mutant.edits.map(({ file, from }) => [file, from, 1]));
  },
);

test("each mutant has a target", () => {
  expect(Object.keys(MUTANTS).sort()).toEqual(Object.keys(TARGETS).sort());
});

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
