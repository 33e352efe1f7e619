import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { findRigFolder } from "@/lib/supervisor/rig";
import { composeRigRegions, syncRigRegions } from "@/lib/supervisor/rig-regions";
import { finishSettings, planSettings } from "@/lib/platform/config/resolve-settings";

const settings = finishSettings(planSettings(process.env), {}, process.env.DATABASE_URL ?? "");

try {
  const rigJson = readFileSync(join(findRigFolder(settings.LATCHKEY_DATA_DIR), "rig.json"), "utf8");
  const left = await syncRigRegions(db, composeRigRegions(rigJson), parseMasterKey(settings.LATCHKEY_MASTER_KEY));
  for (const sentence of left) console.log(sentence);
} catch (error) {
  console.error(
    error instanceof AppError ? (error.userMessage ?? error.message) : error instanceof Error ? error.message : error,
  );
  process.exit(1);
}
process.exit(0);
