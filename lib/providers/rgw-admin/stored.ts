import { type AdminAccess, callAdminOps, readBody } from "@/lib/providers/rgw-admin/admin-ops";
import {
  bucketNamesReplySchema,
  bucketsReplySchema,
  quotaReplySchema,
  statsReplySchema,
} from "@/lib/providers/rgw-admin/replies";
import type { BucketView, CallContext, Quota, Usage } from "@/lib/providers/provider";

/** What an RGW user stores now. Throws `not-found` when there is no such user. */
export async function readUsage(access: AdminAccess, uid: string, context: CallContext): Promise<Usage> {
  // Without `sync` the figures may be a day old.
  const [user, buckets] = await Promise.all([
    callAdminOps(access, "GET", "user", { uid, stats: "True", sync: "True" }, context).then(readBody(statsReplySchema)),
    callAdminOps(access, "GET", "bucket", { uid }, context).then(readBody(bucketNamesReplySchema)),
  ]);
  const { size, num_objects: objects } = user.stats;
  return { buckets: buckets.length, objects, bytes: BigInt(size), asOf: new Date() };
}

/** The buckets of an RGW user. Throws `not-found` when there is no such user. */
export async function readBuckets(access: AdminAccess, uid: string, context: CallContext): Promise<BucketView[]> {
  const answer = await callAdminOps(access, "GET", "bucket", { uid, stats: "True" }, context);
  return readBody(bucketsReplySchema)(answer).map((bucket) => {
    const categories = Object.values(bucket.usage);
    return {
      name: bucket.bucket,
      createdAt: bucket.creation_time,
      objects: categories.reduce((sum, { num_objects }) => sum + num_objects, 0),
      bytes: categories.reduce((sum, { size }) => sum + BigInt(size ?? 0), 0n),
    };
  });
}

/** The quota of an RGW user. Throws `not-found` when there is no such user. */
export async function readQuota(access: AdminAccess, uid: string, context: CallContext): Promise<Quota> {
  const answer = await callAdminOps(access, "GET", "user", { quota: "", uid }, context);
  const { enabled, max_size, max_objects } = readBody(quotaReplySchema)(answer).user_quota;
  return {
    bytes: enabled && max_size >= 0 ? BigInt(max_size) : undefined,
    objects: enabled && max_objects >= 0 ? max_objects : undefined,
  };
}
