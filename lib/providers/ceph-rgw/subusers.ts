import { ProviderError } from "@/lib/providers/errors";
import type { AccessLevel, KeyRef } from "@/lib/providers/provider";

/** An S3 key as an RGW user lists it. */
interface HeldKey {
  /** The owner: the uid, or `uid:subuser`. */
  user: string;
  access_key: string;
}

/** The part of an RGW user that says who its keys belong to. */
interface KeyOwner<K extends HeldKey> {
  keys: K[];
  subusers: { id: string; permissions: string }[];
}

/** What RGW calls the permissions of a subuser. It knows others too, which are no access level. */
const LEVELS: Partial<Record<string, AccessLevel>> = { read: "read-only", "full-control": "full" };

/**
 * The id of the subuser that holds a read-only key. RGW has permissions of subusers only, not of keys. The subuser's
 * name is the access key id, so that whoever knows the id finds the subuser.
 */
function subuserOf({ principal, accessKeyId }: KeyRef): string {
  return `${principal}:${accessKeyId}`;
}

/** Whether the subuser of a read-only key is there. It can be there without its key. */
export function hasSubuserOf(key: KeyRef, { subusers }: KeyOwner<HeldKey>): boolean {
  return subusers.some(({ id }) => id === subuserOf(key));
}

/** The query parameter that names the subuser of a key; none for a key of the user itself. */
export function nameSubuser(principal: string, { user }: HeldKey): { subuser?: string } {
  return user === principal ? {} : { subuser: user.slice(principal.length + 1) };
}

/** What a key of the principal may do. Undefined for permissions that are no access level. */
export function accessOf(principal: string, key: HeldKey, { subusers }: KeyOwner<HeldKey>): AccessLevel | undefined {
  if (key.user === principal) return "full";
  return LEVELS[subusers.find(({ id }) => id === key.user)?.permissions ?? ""];
}

/** The key with the id of a reference, whoever of the user and its subusers holds it. */
export function findHeldKey<K extends HeldKey>(
  { accessKeyId }: KeyRef,
  user: { keys: K[] } | undefined,
): K | undefined {
  return user?.keys.find(({ access_key }) => access_key === accessKeyId);
}

/**
 * The key, if it is there whole as a read-only key. Throws `conflict` when the id is there as another key of the
 * principal, or when its subuser may do more than read: RGW keeps the permissions of a subuser that it has.
 */
export function findReadOnlyKey<K extends HeldKey>(key: KeyRef, user: KeyOwner<K>): K | undefined {
  const held = findHeldKey(key, user);
  const subuser = user.subusers.find(({ id }) => id === subuserOf(key));
  if (held && held.user !== subuserOf(key))
    throw new ProviderError("conflict", "the access key id exists and is no read-only key");
  if (subuser && subuser.permissions !== "read")
    throw new ProviderError("conflict", "the subuser of the access key id may do more than read");
  return subuser && held;
}
