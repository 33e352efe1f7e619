import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Accounts } from "./accounts/accounts";
import { ObjectStore } from "./store/object-store";

/** One region: its accounts and buckets, and the region name in its clients' signatures. */
export interface Region {
  readonly name: string;
  readonly signingRegion: string;
  readonly accounts: Accounts;
  readonly store: ObjectStore;
}

/** Opens or creates a region's folder `<dataDir>/s3/<name>`. The first master key seals, the others only open. */
export async function openRegion(
  dataDir: string,
  name: string,
  signingRegion: string,
  masterKeys: readonly [Buffer, ...Buffer[]],
): Promise<Region> {
  const folder = path.join(dataDir, "s3", name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const accounts = await Accounts.open(folder, name, masterKeys);
  const store = await ObjectStore.open(folder);
  await store.expireUploads(Date.now());
  return { name, signingRegion, accounts, store };
}

/** Writes everything and closes the files of a region. */
export async function closeRegion(region: Region): Promise<void> {
  await region.store.close();
  await region.accounts.close();
}
