import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { onTestFinished, expect, test } from "vitest";
import { ensureSecrets } from "@/lib/platform/config/stored-secrets";
import { planSettings } from "@/lib/platform/config/resolve-settings";

test("secrets are made once, are readable by their owner only, and settings take precedence", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const drawn = ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder }));
  expect(Object.keys(drawn)).toHaveLength(4);
  expect(new Set(Object.values(drawn)).size).toBe(4);
  expect(Buffer.from(drawn.LATCHKEY_MASTER_KEY ?? "", "base64")).toHaveLength(32);
  expect(statSync(join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder }))).toEqual(drawn);
  const given = Buffer.alloc(32, 1).toString("base64");
  expect(ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder, LATCHKEY_SESSION_SECRET: given }))).toEqual({
    ...drawn,
    LATCHKEY_SESSION_SECRET: given,
  });
  expect(readFileSync(join(folder, "secrets.json"), "utf8")).not.toContain(given);
});

test("a damaged file is refused without quoting it", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const text of [
    '{"LATCHKEY_MASTER_KEY": hunter2}',
    "hunter2",
    '{"hunter2":"x"}',
    '{"LATCHKEY_MASTER_KEY":["hunter2"]}',
  ]) {
    writeFileSync(join(folder, "secrets.json"), text);
    const refusal = catchError(() => ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder })));
    expect(refusal.message).toMatch(/secrets\.json is damaged/);
    expect(inspect(refusal, { depth: 9 })).not.toContain("hunter2");
    expect(readFileSync(join(folder, "secrets.json"), "utf8")).toBe(text);
  }
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
