import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isSealedWith, parseMasterKeys, unseal } from "@/lib/platform/crypto/seal";
import { env } from "@/lib/platform/env";
import { parseJson } from "@/lib/platform/text/parse-json";

const storedSchema = z.object({ LATCHKEY_MASTER_KEY: z.string(), LATCHKEY_MASTER_KEY_FORMER: z.string().default("") });

/**
 * Decrypts a value that any master key of this installation encrypted. A key that was replaced since this process
 * started is read from the data folder, so no restart is needed. Throws when no key fits.
 */
export function openSealed(sealed: Buffer, context: string): string {
  const given = parseMasterKeys(env.LATCHKEY_MASTER_KEY, env.LATCHKEY_MASTER_KEY_FORMER);
  const isOurs = given.some((key) => isSealedWith(sealed, key));
  return unseal(sealed, isOurs ? given : readStoredKeys(), context);
}

function readStoredKeys(): Buffer[] {
  let text: string;
  try {
    text = readFileSync(join(env.LATCHKEY_DATA_DIR, "secrets.json"), "utf8");
  } catch {
    // There is no such file where the operator sets the keys.
    return [];
  }
  const parsed = parseJson(text);
  if (parsed === undefined) throw new Error("secrets.json in the data folder is not valid JSON");
  const stored = storedSchema.safeParse(parsed).data;
  return stored ? parseMasterKeys(stored.LATCHKEY_MASTER_KEY, stored.LATCHKEY_MASTER_KEY_FORMER) : [];
}
