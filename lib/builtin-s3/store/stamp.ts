import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writePrivateFile } from "@/lib/platform/config/write-private-file";
import { parseJson } from "@/lib/platform/text/parse-json";

/**
 * What the folder of a region must hold.
 * - `any`: anything, also nothing. A first start, and a server that nobody told what to expect
 * - `data`: the files of a region. The portal has keys there, and does not know the id of the store yet
 * - an id: the store with this id
 */
export const expectedStoreSchema = z.union([z.enum(["any", "data"]), z.uuid()]);
export type ExpectedStore = z.infer<typeof expectedStoreSchema>;

/** The id of the store that a folder holds, undefined for a folder that holds none yet; or why it is the wrong folder. */
export type FoundStore = { ok: true; id: string | undefined } | { ok: false; why: string };

const FILE = "store.json";
const stampSchema = z.object({ store: z.uuid() });
/** The first journal of a region, in any generation. */
const JOURNAL = /^accounts\.\d+\.log$/;

/** Looks whether a region's folder holds the store that is expected. Writes nothing. */
export function findStore(folder: string, expected: ExpectedStore): FoundStore {
  const id = readStamp(folder);
  if (expected === "any") return { ok: true, id };
  const names = existsSync(folder) ? readdirSync(folder) : undefined;
  if (!names) return { ok: false, why: "is missing" };
  if (!names.some((name) => JOURNAL.test(name))) return { ok: false, why: "is empty" };
  if (expected === "data" || expected === id) return { ok: true, id };
  return { ok: false, why: id ? "holds another store" : `has no stamp (${FILE})` };
}

/** Gives a store its id: the one that it has, or a new one that is written to its folder. */
export function stampStore(folder: string, known: string | undefined): string {
  if (known) return known;
  const id = randomUUID();
  writePrivateFile(path.join(folder, FILE), `${JSON.stringify({ store: id })}\n`);
  return id;
}

/** A stamp that cannot be read counts as none. */
function readStamp(folder: string): string | undefined {
  const file = path.join(folder, FILE);
  if (!existsSync(file)) return undefined;
  return stampSchema.safeParse(parseJson(readFileSync(file, "utf8"))).data?.store;
}
