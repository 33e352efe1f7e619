import type { Account, Key } from "../accounts/table";
import type { Region } from "../region";

export function describeAccount({ id, displayName, createdAt }: Account) {
  return { id, displayName, createdAt: new Date(createdAt).toISOString() };
}

/** A key in the answers of the admin API, without its secret. */
export function describeKey({ accessKeyId, state, access, tag, createdAt, notAfter, lastUsed }: Key) {
  return {
    accessKeyId,
    state,
    access,
    tag,
    createdAt: new Date(createdAt).toISOString(),
    notAfter: notAfter === undefined ? undefined : new Date(notAfter).toISOString(),
    lastUsed: lastUsed && { ...lastUsed, at: new Date(lastUsed.at).toISOString() },
  };
}

export function describeBuckets(region: Region, account: string) {
  return region.store.listBuckets(account).map(({ name, createdAt, objects, bytes }) => ({
    name,
    createdAt: new Date(createdAt).toISOString(),
    objects: objects.size,
    bytes,
  }));
}

export function describeUsage(region: Region, account: string, now: number) {
  const buckets = region.store.listBuckets(account);
  return {
    buckets: buckets.length,
    objects: buckets.reduce((sum, { objects }) => sum + objects.size, 0),
    bytes: buckets.reduce((sum, { bytes }) => sum + bytes, 0),
    asOf: new Date(now).toISOString(),
  };
}
