import { sweepPrincipal } from "@/lib/access-keys/repair/sweep";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleSweepPrincipal({ principalId }: JobPayload<"sweep-principal">): Promise<void> {
  return sweepPrincipal(principalId);
}
