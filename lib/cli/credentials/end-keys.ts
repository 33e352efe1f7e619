import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type KeyCache, ownerOf, readCache, withCacheLock } from "@/lib/cli/credentials/key-cache";
import { findRuntimeFolder } from "@/lib/cli/credentials/runtime-folder";
import type { Context } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, type Portal } from "@/lib/cli/portal/portal";
import type { AlreadyDone, Revoking } from "@/lib/cli/portal/replies";

/** Only some of the keys: of a project, of a region of it. */
export interface EndingFilter {
  project?: string | undefined;
  region?: string | undefined;
}

/**
 * Ends the short-lived keys that the token of the profile made on this machine, and forgets them. Gives their access key
 * ids. Throws when the portal does not end one; its file stays then.
 */
export async function endKeys({ terminal, profile, portal }: Context, filter: EndingFilter = {}): Promise<string[]> {
  const folder = await findRuntimeFolder(terminal);
  if (folder === undefined) return [];
  const owner = ownerOf(profile);
  const ended: string[] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".json"))) {
    const path = join(folder, file);
    if (!isWanted(await readCache(path), owner, filter)) continue;
    const ids = await withCacheLock(path, async () => {
      const cache = await readCache(path);
      if (!cache) return [];
      const ids = await endKeysOf(portal, cache);
      await rm(path, { force: true });
      return ids;
    });
    ended.push(...ids);
  }
  return ended;
}

function isWanted(cache: KeyCache | undefined, owner: string, { project, region }: EndingFilter): boolean {
  if (cache?.owner !== owner) return false;
  return (project ?? cache.project) === cache.project && (region ?? cache.region) === cache.region;
}

async function endKeysOf(portal: Portal, { project, region, key, older, asked }: KeyCache): Promise<string[]> {
  const names = [...older.map(({ name }) => name), ...(key ? [key.name] : []), ...(asked === undefined ? [] : [asked])];
  const at = pathOf("projects", project, "regions", region);
  const ids: string[] = [];
  for (const name of names) ids.push(...(await endKeyByName(portal, at, name)));
  return ids;
}

/** Ends a named key at a path of the API. Gives the ids of the keys that this ends: none when there is no such key. */
export async function endKeyByName(portal: Portal, at: string, name: string): Promise<string[]> {
  const body = { requestId: randomUUID(), name, confirm: "confirm", reason: "ended by latchkey credentials" };
  try {
    const reply = await portal.post<Revoking | AlreadyDone>(`${at}/disable`, body);
    return "accessKeyIds" in reply ? reply.accessKeyIds : [];
  } catch (error) {
    // With a reason given, the rules refuse nothing but a key that has ended.
    if (error instanceof Failure && error.exit === "refused") return [];
    throw error;
  }
}
