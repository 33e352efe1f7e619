import { expireKey } from "@/lib/access-keys/lifecycle/expire";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleExpireKey({ keyId }: JobPayload<"expire-key">): Promise<void> {
  return expireKey(keyId);
}
