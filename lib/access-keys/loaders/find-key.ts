import "server-only";
import { type HistoryLine, readKeyHistory } from "@/lib/access-keys/loaders/key-history";
import { composeRow, type KeyRow, rowInclude } from "@/lib/access-keys/loaders/key-table";
import { LIVE_STATES } from "@/lib/access-keys/rules";
import { db } from "@/lib/platform/db/client";

export interface FoundKey extends KeyRow {
  project: { slug: string; name: string };
  history: HistoryLine[];
  /** Whether it can still be disabled. */
  live: boolean;
}

/** The key with exactly this access key id, in whatever project. For those who may find keys: the caller checks. */
export async function findKey(accessKeyId: string): Promise<FoundKey | undefined> {
  const wanted = accessKeyId.trim();
  if (!/^[A-Za-z0-9]{1,128}$/.test(wanted)) return undefined;
  const key = await db.accessKey.findUnique({
    where: { accessKeyId: wanted },
    include: { ...rowInclude, project: { select: { slug: true, name: true } } },
  });
  if (!key) return undefined;
  const live = LIVE_STATES.includes(key.state);
  return { ...composeRow(key), project: key.project, history: await readKeyHistory({ keyId: key.id }), live };
}
