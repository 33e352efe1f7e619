import { revokeKey } from "@/lib/access-keys/mutations/revoke-key";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleRevokeKey({ keyId }: JobPayload<"revoke-key">): Promise<void> {
  return revokeKey(keyId);
}
