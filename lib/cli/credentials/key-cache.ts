import { createHash } from "node:crypto";
import { join } from "node:path";
import { Failure } from "@/lib/cli/failure";
import { readPrivateFile, writePrivateFile } from "@/lib/cli/profiles/private-file";
import type { Profile } from "@/lib/cli/profiles/profiles";
import type { CardOfKey } from "@/lib/clients/rules";
import { waitForLock } from "@/lib/platform/process-lock";

/** A short-lived key with its secret, as a file keeps it. Times are ISO 8601 in UTC. */
export interface ShortLivedKey {
  name: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The key's date at the portal. */
  expirationDate: string;
  /** When the portal last said that the key works. */
  checkedAt: string;
  /** What a client needs beside the pair. */
  region: CardOfKey["region"];
  access: CardOfKey["access"];
}

/** What one file keeps: the key of a place, and what else may still work. */
export interface KeyCache {
  /** Who may use it: see `ownerOf`. */
  owner: string;
  project: string;
  region: string;
  /** Undefined before the first one. */
  key?: ShortLivedKey;
  /** The keys before, which work until their own dates. */
  older: { name: string; expirationDate: string }[];
  /** The name of a key that was asked for and did not arrive. It may exist. */
  asked?: string;
}

/** What a short-lived key is for. Another wish has another key. */
export interface KeyWish {
  project: string;
  region: string;
  hours: number;
  access: CardOfKey["access"];
}

/** A wish, and the file that keeps its key. */
export interface WishedPlace extends KeyWish {
  path: string;
  owner: string;
}

/** A text that stands for a portal and a token: a key is handed out with the token alone that made it. */
export const ownerOf = ({ url, token }: Pick<Profile, "url" | "token">): string => digest(url, token);

/** The file of a key, in the runtime folder. */
export function cachePath(folder: string, owner: string, { project, region, hours, access }: KeyWish): string {
  return join(folder, `${digest(owner, project, region, String(hours), access)}.json`);
}

/**
 * What the file keeps. Undefined when there is none, and when it was not written by this program: a new key is made then.
 * Throws when the file is a link, belongs to another person, or is readable by others.
 */
export async function readCache(path: string): Promise<KeyCache | undefined> {
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isCache(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step. The keys before whose dates have passed are forgotten. */
export async function writeCache(path: string, cache: KeyCache, now: Date): Promise<void> {
  const older = cache.older.filter(({ expirationDate }) => Date.parse(expirationDate) > now.getTime());
  await writePrivateFile(path, `${JSON.stringify({ ...cache, older })}\n`);
}

/** Another process makes a key within a few seconds. Some SDKs wait for this program for a minute at most. */
const LOCKED_MS = 30_000;

/** Runs `work` while no other process works with the file. Throws when another one does for too long. */
export async function withCacheLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const release = await waitForLock(`${path}.lock`, LOCKED_MS).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure("tryLater", `Another latchkey command does not end: ${why}. Try again in a moment.`, {
      cause: error,
    });
  });
  try {
    return await work();
  } finally {
    release();
  }
}

const DIGEST_LENGTH = 32;

const digest = (...texts: string[]): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, DIGEST_LENGTH);

const isText = (value: unknown): value is string => typeof value === "string";
const isDate = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value));
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isCache(value: unknown): value is KeyCache {
  if (!isRecord(value) || !Array.isArray(value.older)) return false;
  const { owner, project, region, key, asked } = value;
  return (
    [owner, project, region].every(isText) &&
    (key === undefined || isKey(key)) &&
    (asked === undefined || isText(asked)) &&
    value.older.every((old: unknown) => isRecord(old) && isText(old.name) && isDate(old.expirationDate))
  );
}

function isKey(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.region)) return false;
  const { name, accessKeyId, secretAccessKey, access, region, expirationDate, checkedAt } = value;
  return (
    [name, accessKeyId, secretAccessKey, access, region.name, region.endpoint, region.signingRegion].every(isText) &&
    typeof region.plainUploads === "boolean" &&
    isDate(expirationDate) &&
    isDate(checkedAt)
  );
}
