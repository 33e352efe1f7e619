import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, expect, test } from "vitest";
import { ensureSecrets } from "@/lib/supervisor/ensure-secrets";
import { planSettings } from "@/lib/supervisor/resolve-settings";

test("secrets are drawn once, kept for their owner only, and yield to those given", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const drawn = ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder }));
  expect(Object.keys(drawn)).toHaveLength(4);
  expect(new Set(Object.values(drawn)).size).toBe(4);
  expect(Buffer.from(drawn.LATCHKEY_MASTER_KEY ?? "", "base64")).toHaveLength(32);
  expect(statSync(join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder }))).toEqual(drawn);
  const given = Buffer.alloc(32, 1).toString("base64");
  expect(ensureSecrets(planSettings({ LATCHKEY_DATA_DIR: folder, LATCHKEY_SESSION_SECRET: given }))).toEqual({ ...drawn, LATCHKEY_SESSION_SECRET: given });
  expect(readFileSync(join(folder, "secrets.json"), "utf8")).not.toContain(given);
});
