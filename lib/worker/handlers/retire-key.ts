import { retireDueKey } from "@/lib/access-keys/lifecycle/retire";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleRetireKey({ keyId }: JobPayload<"retire-key">): Promise<void> {
  return retireDueKey(keyId);
}
