import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms } from "@/testing/rig/rig";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { findRoot } from "@/lib/platform/config/find-root";
import { startTestDatabase } from "@/testing/database/test-database";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { applyRegionsFile } from "@/lib/regions/file/apply-regions-file";
import { readRegionsFile } from "@/lib/regions/file/read-regions-file";

const PAGE = readFileSync(join(findRoot(), "docs/regions-file.md"), "utf8");

test.skipIf(findMissingPrograms().length > 0)(
  "the example of docs/regions-file.md works on a real Ceph with two gateways",
  async () => {
    const [, example = ""] = /```yaml\n(# regions\.yaml\n.*?)```/s.exec(PAGE) ?? [];
    await startTestDatabase();
    const folder = mkdtempSync(join(tmpdir(), "latchkey-regions-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { rig, stop } = await startOwnRig(["cached", "uncached"]);
    onTestFinished(stop);
    const [first = "", second = ""] = rig.gateways.map(({ endpoint }) => endpoint);
    const text = example
      .replaceAll("https://rgw-1.internal:8080", first)
      .replaceAll("https://rgw-2.internal:8080", second)
      .replace("LATCHKEYADMIN", rig.admin.accessKeyId);
    writeFileSync(join(folder, "regions.yaml"), text, { mode: 0o644 });
    const apply = () => {
      const file = readRegionsFile(join(folder, "regions.yaml"), { EAST_SECRET_KEY: rig.admin.secretAccessKey });
      return applyRegionsFile(db, file, parseMasterKey(env.LATCHKEY_MASTER_KEY), SYSTEM_ACTOR);
    };
    expect(await apply()).toEqual({ lines: ["The region east is added."], saved: 1, failed: 0 });
    // The findings of the check are kept among the settings. They do not count as a change.
    expect((await db.region.findUniqueOrThrow({ where: { name: "east" } })).settings).toHaveProperty("deactivate");
    expect(await apply()).toEqual({ lines: [], saved: 0, failed: 0 });
  },
  180_000,
);
