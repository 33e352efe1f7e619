import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { AIMS } from "./torture/aims";
import { plantBugs } from "./torture/plants";

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

for (const [name, { finds }] of Object.entries(AIMS)) {
  test(`a storm finds a protocol with ${name}`, () => {
    test.setTimeout(300_000);
    const storm = spawnSync(process.execPath, ["bin/torture.mjs", "--aim", name, "--seed", "1"], { cwd: folder, encoding: "utf8" });
    expect(`${storm.stdout}${storm.stderr}`).toMatch(new RegExp(`\\n  ${finds}: \\d+ found\\n`));
    expect(storm.status).toBe(1);
  });
}
