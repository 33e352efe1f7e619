import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { AIMS } from "./targets";
import { plantBugs } from "./mutants";

test.describe.configure({ mode: "serial" });

let folder: string;

test.beforeAll(() => {
  test.setTimeout(400_000);
  folder = mkdtempSync(join(tmpdir(), "latchkey-planted-"));
  plantBugs(folder);
  const built = spawnSync(process.execPath, ["bin/build.mjs"], { cwd: folder, encoding: "utf8" });
  expect(`${built.stdout}${built.stderr}`).toContain("Built.");
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What happens in a storm is left to chance: about one in twenty has nothing to find, and is followed by another. */
const SEEDS = ["1", "2", "3"];
const STORM_WITHIN_MS = 300_000;

for (const [name, { finds }] of Object.entries(AIMS)) {
  test(`a storm finds a protocol with ${name}`, () => {
    test.setTimeout(SEEDS.length * STORM_WITHIN_MS);
    const found = new RegExp(`\\n  ${finds}: \\d+ found\\n`);
    let report = "";
    for (const seed of SEEDS) {
      const storm = spawnSync(process.execPath, ["bin/torture.mjs", "--aim", name, "--seed", seed], {
        cwd: folder,
        encoding: "utf8",
        timeout: STORM_WITHIN_MS,
      });
      report = `${storm.stdout}${storm.stderr}`;
      expect([0, 1], report).toContain(storm.status);
      if (!found.test(report)) continue;
      expect(storm.status).toBe(1);
      return;
    }
    expect(report).toMatch(found);
  });
}
