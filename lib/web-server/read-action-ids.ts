import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const manifestSchema = z.object({ node: z.record(z.string(), z.unknown()) });

/** The names that the build in `.next` below `root` gives the actions. Throws when there is no build. */
export function readActionIds(root: string): ReadonlySet<string> {
  const text = readFileSync(join(root, ".next/server/server-reference-manifest.json"), "utf8");
  return new Set(Object.keys(manifestSchema.parse(JSON.parse(text)).node));
}
