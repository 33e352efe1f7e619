import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Accounts } from "./accounts/accounts";
import { ObjectStore } from "./store/object-store";
import { type ExpectedStore, findStore, stampStore } from "./store/stamp";

/** One region: its accounts and buckets, and the region name in its clients' signatures. */
export interface Region {
  readonly name: string;
  readonly signingRegion: string;
  readonly folder: string;
  /** The id in the folder's stamp. */
  readonly storeId: string;
  readonly accounts: Accounts;
  readonly store: ObjectStore;
}

/** A region whose folder does not hold the store that the portal knows. Nothing is read from it or written to it. */
export interface LostRegion {
  readonly name: string;
  readonly signingRegion: string;
  readonly folder: string;
  /** A sentence, without the full stop, that names the folder and says what to do. */
  readonly lost: string;
}

export interface RegionFolder {
  dataDir: string;
  name: string;
  signingRegion: string;
  /** What the folder must hold. */
  expected: ExpectedStore;
}

/**
 * Opens or creates a region's folder `<dataDir>/s3/<name>`. The first master key seals, the others only open. A folder
 * that does not hold what is expected stays as it is.
 */
export async function openRegion(
  { dataDir, name, signingRegion, expected }: RegionFolder,
  masterKeys: readonly [Buffer, ...Buffer[]],
): Promise<Region | LostRegion> {
  const folder = path.join(dataDir, "s3", name);
  const found = findStore(folder, expected);
  if (!found.ok) return { name, signingRegion, folder, lost: describeLoss(name, folder, found.why) };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const storeId = stampStore(folder, found.id);
  const accounts = await Accounts.open(folder, name, masterKeys);
  const store = await ObjectStore.open(folder);
  await store.expireUploads(Date.now());
  return { name, signingRegion, folder, storeId, accounts, store };
}

function describeLoss(name: string, folder: string, why: string): string {
  return `the folder ${folder} ${why}, but the portal made keys in the region ${name}. Put the folder back and start again. If its data is lost for good, run npm run admin -- region accept-store ${name}, and start again`;
}

/** Writes everything and closes the files of a region. */
export async function closeRegion(region: Region): Promise<void> {
  await region.store.close();
  await region.accounts.close();
}
